"""Positions, holds, erasures and the audit, without script; how things are written."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.desk.forms import end_of_day, filled, start_of_day
from api.desk.pages import elapsed, moment, size
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.refused_references import RefusedReferenceCounter
from letterbox.domain import keys
from letterbox.domain.errors import MalformedError
from letterbox.domain.positions import Position, PositionStatus
from tests.api.desk.signed_in import Desk
from tests.api.desk.test_lists import following
from tests.support import eventually

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.xdist_group("desk")
async def test_a_position_is_closed_and_opened_by_hand(desk: Desk) -> None:
    """Whatever a feed says, until it is opened again."""
    reference = f"ref <b>{uuid4()}</b>"
    catalogue = CatalogueWriter(desk.server.store)
    catalogue.put(Position(reference=reference, title="Courier"))
    page = await desk.open("/desk/positions?status=open&hirer=")
    fields = {"reference": reference, "hirer": ""}

    closed = await desk.send("/desk/positions/close", **fields)
    after_closing = catalogue.get(reference)
    opened = await desk.send("/desk/positions/open", **fields)

    assert "<b>" not in page.partition("<h1>")[2]
    assert closed.headers["Location"].startswith("/desk/positions?done=closed.")
    assert after_closing.closed_by_hand
    assert "whatever a feed says" in await desk.open(closed.headers["Location"])
    assert opened.headers["Location"].startswith("/desk/positions?done=opened.")
    assert catalogue.get(reference).status is PositionStatus.OPEN


@pytest.mark.xdist_group("desk")
async def test_a_close_at_the_desk_moves_the_dates_of_its_applications(
    desk: Desk,
) -> None:
    """They are told, as when the operator API closes it: nothing else would."""
    reference = f"closing-{uuid4()}"
    CatalogueWriter(desk.server.store).put(Position(reference=reference))
    application_id = await desk.server.recorded(job_id=reference)
    handle = desk.server.temporal.get_workflow_handle(application_id)
    await desk.send("/desk/positions/close", reference=reference, hirer="")

    async def is_told() -> bool:
        history = await handle.fetch_history()
        return any(
            event.workflow_execution_signaled_event_attributes.signal_name
            == "position_closed"
            for event in history.events
        )

    await eventually(is_told)


@pytest.mark.xdist_group("desk")
@pytest.mark.parametrize("what", ["close", "open"])
async def test_a_position_that_is_not_there_is_not_found(what: str, desk: Desk) -> None:
    """Nor is one without a name."""
    answers = [
        await desk.send(f"/desk/positions/{what}", reference=reference)
        for reference in ("nobody has it", "")
    ]

    assert [answer.status_code for answer in answers] == [404, 400]


@pytest.mark.xdist_group("desk")
async def test_what_boards_asked_for_in_vain_is_below_the_positions(
    desk: Desk,
) -> None:
    """With how often: a feed may lack it."""
    refused = RefusedReferenceCounter(desk.server.store)
    for _ in range(3):
        refused.note("careerjet", "<i>unknown</i>-17")
    refused.flush()

    page = await desk.open("/desk/positions")

    assert "&lt;i&gt;unknown&lt;/i&gt;-17" in page
    assert '<td class="number">3</td>' in page


@pytest.mark.xdist_group("desk")
async def test_holds_have_pages(desk: Desk) -> None:
    """Each of fifty; a hold that cannot be read is listed by its key."""
    for number in range(51):
        body = b'{"reason": "case 1", "placed_at": "2026-03-01T12:00:00Z"}'
        desk.server.store.put(keys.hold(f"careerjet:zz-{number:02}"), body)
    desk.server.store.put(keys.hold("careerjet:zz-60"), b"{")

    first = await desk.open("/desk/holds")
    address = following(first)
    assert address
    second = await desk.open(address)

    assert first.count("<tr>") == 51
    assert "careerjet:zz-50" in second
    assert "holds/careerjet:zz-60.json" in second
    assert "cannot be read" in second


@pytest.mark.xdist_group("desk")
async def test_the_audit_tells_what_was_found_and_when(desk: Desk) -> None:
    """Before the first one, how to run it."""
    before = await desk.open("/desk/audit")
    for body in (
        b'{"ran_at": "2026-03-01T12:00:00Z", "fine": true, "findings": {}}',
        (
            b'{"ran_at": "2026-03-01T12:00:00Z", "fine": false,'
            b' "findings": {"document-missing": 3}}'
        ),
    ):
        desk.server.store.put(keys.LAST_AUDIT, body)
        after = await desk.open("/desk/audit")
        if b"true" in body:
            assert "Nothing is wrong, as of" in after

    desk.server.store.delete(keys.LAST_AUDIT)
    assert "None has run yet" in before
    assert "Something is wrong, as of" in after
    assert "document missing" in after
    assert "2026-03-01 12:00" in after


@pytest.mark.parametrize(
    ("between", "words"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(seconds=-30), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=9), "9 d ago"),
        (timedelta(days=-2), "in 2 d"),
    ],
)
def test_a_time_is_told_by_its_distance(between: timedelta, words: str) -> None:
    """In its largest unit, before and after now."""
    assert elapsed(NOON - between, NOON) == words


def test_what_has_no_time_is_written_as_nothing() -> None:
    """A page leaves the place empty."""
    assert (elapsed(None), moment(None)) == ("", "")


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (2048, "2 KB"), (5 << 20, "5.0 MB")],
)
def test_a_size_is_written_in_its_unit(count: int, words: str) -> None:
    """As people read it."""
    assert size(count) == words


def test_a_day_of_a_form_is_whole_and_in_utc() -> None:
    """Its end is the beginning of the next one."""
    assert start_of_day("2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)
    assert end_of_day("2026-03-01") == datetime(2026, 3, 2, tzinfo=UTC)
    assert (start_of_day(None), end_of_day(None)) == (None, None)


@pytest.mark.parametrize("day", ["1.3.2026", "2026-02-30", "2026-03-01T12:00", "x"])
def test_what_is_no_day_is_refused(day: str) -> None:
    """Browsers without a picker send what was typed."""
    with pytest.raises(MalformedError, match="like 2026-03-01"):
        start_of_day(day)


def test_the_last_day_there_is_has_no_end() -> None:
    """It is refused as any other that cannot be."""
    with pytest.raises(MalformedError):
        end_of_day("9999-12-31")


def test_blank_fields_say_nothing() -> None:
    """A form sends all that it has."""
    assert filled({"a": " x ", "b": "", "c": "  "}) == {"a": "x"}

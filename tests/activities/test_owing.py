"""What a change of the record owes the ATS: written with it, and once."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from activities.amending import AmendActivities
from activities.intake import ApplicationActivities
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.application import EventType, Flag, Owed, Stage
from letterbox.domain.commands import (
    AssignInput,
    Assignment,
    EndHoldInput,
    HoldRequest,
    NoteDeliveredInput,
    NoteHoldInput,
    OweAgainInput,
    PlaceHoldInput,
)
from letterbox.domain.errors import NotFoundError, RefusedError
from letterbox.domain.owing import id_of_the_end, owing, with_event
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.records.applications import StoredApplications
from letterbox.records.holds import StoredHolds
from tests.activities.steps import ID, accept, go_through
from tests.record_factory import NOON, record

OPEN = "20240107-123456-7890"


@pytest.fixture(name="amend")
def _amend(
    store: ObjectStore,
    applications: StoredApplications,
    activities: ApplicationActivities,
) -> AmendActivities:
    go_through(activities, accept(applications))
    return AmendActivities(
        applications=applications,
        catalogue=StoredCatalogue(store),
        holds=StoredHolds(store),
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
        deliver=lambda: True,
    )


def test_an_event_says_how_things_stood_when_it_happened() -> None:
    """It may be delivered days later, and without a record to look into."""
    before = record(ID, hirer="hirer-1")

    owed = with_event(before, EventType.UPDATED, NOON, "one").owed
    again = with_event(
        before.model_copy(update={"owed": owed}), EventType.ERASED, NOON, "one"
    )

    assert owed == (
        Owed(
            type=EventType.UPDATED,
            delivery_id="one",
            happened_at=NOON,
            stage=before.stage,
            flags=before.flags,
            position="R-1",
            hirer="Post",
            archive_by=before.archive_by,
        ),
    )
    assert again.owed == owed


def test_event_beyond_the_hundredth_takes_the_place_of_the_oldest_and_says_so() -> None:
    """Nothing is dropped without a word, and nothing before there is no room."""
    owing_many = record(ID)
    with capture_logs() as logs:
        for number in range(100):
            event = EventType.UPDATED, NOON, f"{number}"
            owing_many = with_event(owing_many, *event)
    with capture_logs() as logs_beyond:
        beyond = with_event(owing_many, EventType.UPDATED, NOON, "one more")

    assert logs == []
    assert [one["application"] for one in logs_beyond] == [ID]
    assert [one.delivery_id for one in beyond.owed] == [
        *map(str, range(1, 100)),
        "one more",
    ]


def test_a_choice_that_is_taken_twice_is_one_event(
    amend: AmendActivities, applications: StoredApplications
) -> None:
    """A worker died before it could say that it was done."""
    given = AssignInput(
        application_id=ID, given=Assignment(reference=OPEN), delivery_id="one"
    )
    before = applications.find(ID)
    first, second = amend.assign_position(given), amend.assign_position(given)

    assert before
    assert first == second
    assert [one.delivery_id for one in second.owed] == [
        *(one.delivery_id for one in before.owed),
        "one",
    ]


def test_a_choice_that_changes_nothing_is_no_event(
    amend: AmendActivities, applications: StoredApplications
) -> None:
    """The ATS knows that position already; what it is owed it is owed still."""
    choice = Assignment(reference=OPEN)
    first = amend.assign_position(
        AssignInput(application_id=ID, given=choice, delivery_id="one")
    )
    before = applications.find(ID)

    second = amend.assign_position(
        AssignInput(application_id=ID, given=choice, delivery_id="two")
    )

    assert first == second
    assert applications.find(ID) == before


def test_an_event_that_is_over_is_owed_no_longer(
    amend: AmendActivities, applications: StoredApplications
) -> None:
    """The others are; and the ATS has the application."""
    before = applications.find(ID)
    assert before
    first, second = before.owed
    over = NoteDeliveredInput(application_id=ID, delivery_id=first.delivery_id)

    noted = amend.note_delivered(over)

    after = applications.find(ID)
    assert noted
    assert after
    assert (after.owed, after.stage) == ((second,), Stage.DELIVERED)


def test_what_older_releases_gave_is_still_understood() -> None:
    """Their histories hold the id alone."""
    assert NoteDeliveredInput.model_validate(ID) == NoteDeliveredInput(
        application_id=ID
    )
    assert EndHoldInput.model_validate(ID) == EndHoldInput(application_id=ID)


def test_telling_again_owes_one_more_event(amend: AmendActivities) -> None:
    """However often the step runs."""
    again = OweAgainInput(application_id=ID, delivery_id="again")

    first, second = amend.owe_again(again), amend.owe_again(again)

    assert first == second
    assert first.recorded
    assert [one.type for one in first.recorded.owed] == [
        EventType.RECORDED,
        EventType.MATCHED,
        EventType.UPDATED,
    ]


def test_a_hold_ends_by_the_clock_that_says_so(
    amend: AmendActivities, store: ObjectStore
) -> None:
    """A worker's own may be behind Temporal's: it would be asked without a pause."""
    soon = datetime.now(UTC) + timedelta(seconds=20)
    amend.write_hold(PlaceHoldInput(application_id=ID, given=HoldRequest(until=soon)))
    amend.note_hold(NoteHoldInput(application_id=ID))

    ended = amend.end_hold(EndHoldInput(application_id=ID, now=soon))

    assert Flag.HELD not in ended.flags
    assert StoredHolds(store).find(ID) is None


def test_nobody_knows_what_is_to_be_held(amend: AmendActivities) -> None:
    """Refused, and no hold is left behind."""
    unknown = PlaceHoldInput(application_id="careerjet:nobody", given=HoldRequest())

    with pytest.raises(NotFoundError):
        amend.write_hold(unknown)


def test_what_was_erased_cannot_be_held(
    amend: AmendActivities, store: ObjectStore
) -> None:
    """There is nothing left to keep."""
    store.put(
        f"erased/{ID}.json",
        b'{"stage": "erased", "reason": "17", "removed_at": "2026-03-01T12:00:00Z"}',
    )

    with pytest.raises(RefusedError, match="nothing to hold"):
        amend.write_hold(PlaceHoldInput(application_id=ID, given=HoldRequest()))


def test_no_change_is_no_event() -> None:
    """A repeat changes nothing; nor does a hold."""
    one = record(ID)
    held = one.model_copy(update={"owed": ()})

    assert owing(one, held, NOON) == held


def test_a_record_never_owes_without_bound() -> None:
    """Where there is no ATS: the newest stay."""
    one = record(ID)
    for number in range(150):
        one = with_event(one, EventType.UPDATED, NOON, f"id-{number}")

    assert [one.owed[0].delivery_id, one.owed[-1].delivery_id] == ["id-50", "id-149"]


def test_the_event_of_an_end_has_always_the_same_id() -> None:
    """There is no record to keep it in."""
    names = {id_of_the_end(ID, EventType.ARCHIVED) for _ in range(2)}
    others = {id_of_the_end("careerjet:2", EventType.ARCHIVED)}

    assert len(names) == 1
    assert not names & (others | {id_of_the_end(ID, EventType.ERASED)})

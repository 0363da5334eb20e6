"""What Temporal may know of a record."""

from datetime import timedelta

import pytest

from letterbox.domain.application import (
    Application,
    EventType,
    Flag,
    Hold,
    Owed,
    PositionOpening,
    Stage,
    View,
)
from letterbox.domain.status import OwedEvent, Recorded, Status
from tests.record_factory import NOON, OF_THE_CANDIDATE, attachment, record

ID = "seek:1"
LATER = NOON + timedelta(days=30)
OWED = Owed(
    type=EventType.RECORDED,
    delivery_id="delivery-1",
    happened_at=NOON,
    stage=Stage.MATCHED,
)


def changed(before: Application, **changes: object) -> Application:
    """Change a record."""
    return before.model_copy(update=changes)


@pytest.fixture(name="full")
def _full() -> Application:
    """Have a record with everything that a status tells of."""
    unscanned = attachment("ab.pdf", scan="unscanned")
    of_a_view = attachment("cd.pdf", scan="unscanned")
    view = View(
        number=1, fingerprint="f", received_at=NOON, attachments=(unscanned, of_a_view)
    )
    before = record(
        ID,
        unscanned,
        attachment("ef.pdf", scan="clean"),
        attachment(None, scan="unscanned"),
        position=PositionOpening(triage="no-reference"),
        hirer="hirer-1",
    )
    return changed(
        before,
        source=before.source.model_copy(update={"posting": "ad-1"}),
        views=(view, view),
        hold=Hold(reason="case 12", placed_at=NOON, until=LATER),
        owed=(OWED,),
    )


def test_a_status_says_where_an_application_stands(full: Application) -> None:
    """Half of the margin is left when the archive is overdue."""
    recorded = Recorded.of(full, deliver=True)

    assert recorded.status == Status(
        stage=Stage.MATCHED,
        flags=(Flag.ODD_FILE,),
        position=None,
        hirer="hirer-1",
        archive_by=full.archive_by,
        posting="ad-1",
        triage="no-reference",
        overdue_at=full.archive_by + timedelta(days=7),
        held_until=LATER,
        unscanned=("ab.pdf", "cd.pdf"),
    )


def test_a_status_tells_nothing_of_the_candidate(full: Application) -> None:
    """It is kept in histories for half a year."""
    told = Recorded.of(full, deliver=True).model_dump_json()

    assert not [text for text in OF_THE_CANDIDATE if text in told]


def test_the_hirer_of_the_position_counts_before_that_of_the_source() -> None:
    """A position may belong to a hirer that the board knows by another id."""
    mine = PositionOpening(reference="R-1", hirer="Post")

    recorded = Recorded.of(record(ID, position=mine, hirer="hirer-1"))

    assert (recorded.position, recorded.hirer) == ("R-1", "Post")


@pytest.mark.parametrize("deliver", [None, False, True])
def test_what_the_ats_is_owed_is_told_where_there_is_one(
    full: Application, *, deliver: bool | None
) -> None:
    """Without an ATS no workflow is to wait for deliveries."""
    event = OwedEvent(
        type=EventType.RECORDED, delivery_id="delivery-1", happened_at=NOON
    )

    recorded = Recorded.of(full, deliver=deliver)

    assert recorded.deliver is deliver
    assert recorded.owed == ((event,) if deliver else ())


def test_without_a_hold_there_is_no_date_to_wait_for() -> None:
    """Nor with one that ends when somebody says so."""
    forever = changed(record(ID), hold=Hold(reason="case 12", placed_at=NOON))

    assert Recorded.of(record(ID)).held_until is None
    assert Recorded.of(forever).held_until is None


def test_a_hold_ends_at_the_moment_that_it_names() -> None:
    """Until then nothing is removed, and from then on it may be."""
    hold = Hold(reason="case 12", placed_at=NOON, until=LATER)

    assert hold.is_active(LATER - timedelta(microseconds=1))
    assert not hold.is_active(LATER)
    assert Hold(reason="case 12", placed_at=NOON).is_active(LATER)

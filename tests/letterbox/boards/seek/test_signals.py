"""Selection signals for SEEK, of whatever an ATS says."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from letterbox.boards.node import Node
from letterbox.boards.seek.signals import signal_of
from letterbox.domain.standing import CandidateStatus, Reporting, StatusChange

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@pytest.mark.parametrize(
    ("changed_at", "written"),
    [
        (datetime(2026, 3, 1, 12, 0, 0, 1500, UTC), "2026-03-01T12:00:00.001Z"),
        (datetime(2026, 3, 1, 12, tzinfo=EAST), "2026-02-28T22:00:00.000Z"),
        (datetime(1, 1, 1, tzinfo=EAST), "0001-01-01T00:00:00.000Z"),
        (datetime(9999, 12, 31, tzinfo=WEST), "9999-12-31T12:00:00.000Z"),
        (datetime(9999, 12, 31, 23, tzinfo=WEST), "9999-12-31T23:00:00.000Z"),
    ],
)
def test_every_moment_of_a_change_can_be_told(
    changed_at: datetime, written: str
) -> None:
    """One that could not would keep all later changes from SEEK, too."""
    change = StatusChange(
        id="1",
        status=CandidateStatus.HIRED,
        changed_at=changed_at,
        reporting=Reporting.OWED,
    )

    signal = Node(signal_of("profile", change, change))

    assert signal.text("input", "timestamp") == written
    assert signal.text("input", "previous", "timestamp") == written

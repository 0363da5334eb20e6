"""When a status changed, as each board is told it: at any time that an ATS may say."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import JsonValue

from letterbox.boards.hellowork.client.statuses import body_of
from letterbox.boards.indeed.dispositions import dispositions_of
from letterbox.boards.indeed.settings import IndeedSettings
from letterbox.boards.linkedin.statuses import action_of
from letterbox.boards.reports import StandingReport, utc_text
from letterbox.boards.seek.signals import signal_of as seek_signal_of
from letterbox.boards.ziprecruiter.client.signals import signal_of
from letterbox.domain.application import Source
from letterbox.domain.standing import CandidateStatus, Reporting, StatusChange

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
Written = Mapping[str, JsonValue] | None
WRITERS: dict[str, Callable[[StandingReport], Written]] = {
    "hellowork": body_of,
    "indeed": lambda report: dispositions_of(
        report, IndeedSettings().disposition_statuses(), "Letterbox"
    ),
    "linkedin": lambda report: action_of(report.source, report.change),
    "seek": lambda report: seek_signal_of("profile", report.change, None),
    "ziprecruiter": lambda report: signal_of("zr-1", report.change),
}


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 3, 1, 12, 0, 0, 1500, UTC), "2026-03-01T12:00:00.001Z"),
        (datetime(2026, 3, 1, 12, tzinfo=EAST), "2026-02-28T22:00:00.000Z"),
        (datetime(1, 1, 1, tzinfo=EAST), "0001-01-01T00:00:00.000Z"),
        (datetime(9999, 12, 31, 23, tzinfo=WEST), "9999-12-31T23:00:00.000Z"),
    ],
)
def test_a_moment_is_written_in_utc(moment: datetime, written: str) -> None:
    """A moment that UTC has no year for is written as it is, without its zone."""
    assert utc_text(moment) == written


@pytest.mark.parametrize("board", WRITERS)
@pytest.mark.parametrize(
    "moment",
    [datetime(1, 1, 1, tzinfo=EAST), datetime(9999, 12, 31, 23, tzinfo=WEST)],
    ids=["first", "last"],
)
def test_a_change_at_the_end_of_time_can_be_told(board: str, moment: datetime) -> None:
    """If writing it failed, it would be tried for ever, and keep back later changes."""
    change = StatusChange(
        id="1",
        status=CandidateStatus.REJECTED,
        changed_at=moment,
        reporting=Reporting.OWED,
    )
    report = StandingReport(
        source=Source(board=board, board_id="1"),
        position="DEV-17",
        received_at=datetime(2026, 3, 1, tzinfo=UTC),
        change=change,
    )

    assert WRITERS[board](report)

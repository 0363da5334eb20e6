"""What arrived, what waits and what is wrong: counted, drawn and told."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import nan
from typing import Any

import pytest

from api.desk.alerts import Schedule, alerts, schedules_of
from api.desk.arrivals import DAY, HOUR, ArrivalCounts, Bar
from api.desk.charts import HEIGHT, WIDTH, rectangles
from api.desk.today import runs_of
from letterbox.domain.errors import TemporalUnavailableError
from letterbox.domain.listing import Filter
from tests.api.desk.signed_in import Desk

NOW = time.time()


class Counting:
    """Counts by the hour, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Filter, Any, bool]] = []
        self.is_away = False
        self.silent: set[str] = set()
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def count(self, filters: Filter, whose: Any, *, is_open: bool = False) -> int:
        """Answer as Temporal does."""
        await self.hangs.wait()
        if self.is_away:
            raise TemporalUnavailableError("away")
        self.asked.append((filters, whose, is_open))
        if filters.stage:
            return 2 if filters.received_before else 5
        if filters.received_before is None:
            return int(filters.board not in self.silent)
        return filters.received_after.hour if filters.received_after else 0


@pytest.mark.xdist_group("desk")
async def test_the_page_of_today_tells_what_arrived_and_what_waits(desk: Desk) -> None:
    """With the numbers in a table beside each picture of them."""
    await desk.server.recorded(job_id="nobody-knows-it")

    page = ""
    async with asyncio.timeout(60):
        while "Last 24 hours" not in page:
            page = await desk.open("/desk")

    figures = page.split("<figure>")[1:]
    assert figures
    assert all('<svg class="chart"' in one for one in figures)
    assert all('<table class="numbers">' in one for one in figures)
    assert "<rect " in page
    assert "In triage" in page
    assert "What runs by itself" in page


async def test_each_hour_and_day_of_a_board_is_counted_once() -> None:
    """What is over cannot change: only what is not is asked for again."""
    counting = Counting()
    arrivals = ArrivalCounts(counting.count, ["careerjet", "seek"])

    counted = await arrivals.counted(None, 5)

    assert counted
    assert {len(bars) for bars in counted.hours.values()} == {24}
    assert {len(bars) for bars in counted.days.values()} == {14}
    for bars, length in ((counted.hours["seek"], HOUR), (counted.days["seek"], DAY)):
        assert all(later.start - bar.start == length for bar, later in pairwise(bars))
        assert bars[-1].start <= counted.at < bars[-1].start + length
    assert [bar.count for bar in counted.hours["seek"]] == [
        bar.start.hour for bar in counted.hours["seek"]
    ]
    assert (counted.triage, set(counted.waiting.values())) == (5, {2})
    assert len(counting.asked) == 2 * (1 + 24 + 14) + 5
    spans = [filters for filters, *_ in counting.asked if filters.stage is None]
    assert all(
        filters.received_before - filters.received_after in {HOUR, DAY}
        for filters in spans
        if filters.received_before and filters.received_after
    )


async def test_a_board_that_has_sent_nothing_is_asked_for_once() -> None:
    """Most installations use two boards of all that there are."""
    counting = Counting()
    counting.silent = {"indeed", "linkedin"}
    arrivals = ArrivalCounts(counting.count, ["seek", "indeed", "linkedin"])

    counted = await arrivals.counted(None, 5)

    assert counted
    assert {bar.count for bar in counted.hours["indeed"]} == {0}
    assert any(bar.count for bar in counted.hours["seek"])
    assert len(counting.asked) == 3 + (24 + 14) + 5


async def test_counts_are_fresh_for_a_while_and_settled_ones_for_good() -> None:
    """A second look within half a minute asks nothing; a later one, a handful."""
    counting = Counting()
    arrivals = ArrivalCounts(counting.count, ["seek"], fresh=timedelta(0))
    await arrivals.counted(None, 5)
    counting.asked.clear()

    await arrivals.counted(None, 5)

    spans = [filters for filters, *_ in counting.asked if filters.stage is None]
    assert 3 <= len(spans) <= 5
    lasting = ArrivalCounts(counting.count, ["seek"])
    await lasting.counted(None, 5)
    counting.asked.clear()
    await lasting.counted(None, 5)
    assert counting.asked == []


async def test_each_operators_counts_are_of_their_hirers_alone() -> None:
    """What was counted for one is not shown to another."""
    counting = Counting()
    arrivals = ArrivalCounts(counting.count, ["seek"])
    mine, all_of_them = frozenset({"acme"}), None

    await arrivals.counted(mine, 5)
    first = {whose for _, whose, _ in counting.asked}
    await arrivals.counted(all_of_them, 5)

    assert first == {mine}
    assert {whose for _, whose, _ in counting.asked} == {mine, None}
    assert all(
        is_open is (filters.stage is not None) for filters, _, is_open in counting.asked
    )


async def test_a_temporal_that_hangs_or_fails_keeps_no_page_waiting() -> None:
    """What was counted before is shown meanwhile."""
    counting = Counting()
    arrivals = ArrivalCounts(counting.count, ["seek"], fresh=timedelta(0))
    counting.hangs.clear()
    assert await arrivals.counted(None, 0.05) is None
    counting.hangs.set()
    before = await arrivals.counted(None, 5)
    counting.is_away = True

    assert await arrivals.counted(None, 5) == before
    assert before


def test_the_highest_bar_fills_the_chart_and_nothing_is_no_bar() -> None:
    """Bars stay within the picture, and keep their places."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    bars = [Bar(start, count) for count in (0, 1, 4)]

    drawn = rectangles(bars)

    assert [one.height for one in drawn] == [HEIGHT / 4, HEIGHT]
    assert drawn[0].x > 0
    assert drawn[-1].x + drawn[-1].width == pytest.approx(WIDTH, abs=0.2)
    assert rectangles([]) == rectangles([Bar(start, 0)]) == []


def readings(**gauges: float) -> Any:
    """Read gauges of these values; the name is without its prefix."""

    def read(name: str, labels: Mapping[str, str]) -> float | None:
        schedule = labels.get("schedule", "")
        return gauges.get(name.removeprefix("letterbox_") + schedule)

    return read


@pytest.mark.parametrize(
    ("gauges", "words"),
    [
        ({}, None),
        ({"inbox_read_timestamp_seconds": nan}, None),
        ({"inbox_read_timestamp_seconds": NOW - 60}, None),
        ({"inbox_read_timestamp_seconds": NOW - 600}, "the store does not answer"),
        ({"temporal_read_timestamp_seconds": NOW - 600}, "Temporal does not answer"),
        ({"inbox_depth": 3, "inbox_oldest_seconds": 60}, None),
        (
            {"inbox_depth": 1, "inbox_oldest_seconds": 1000},
            "1 application in the inbox, not taken over",
        ),
        (
            {"inbox_depth": 2000, "inbox_oldest_seconds": 1},
            "2000 applications in the inbox, not taken over",
        ),
        ({"archives_overdue": 2}, "2 applications should have been archived"),
        (
            {"applications_unrecorded": 1},
            "1 application not recorded after two days",
        ),
        ({"delivery_disabled": 1}, "deliveries are off: the ATS has answered 410"),
        ({"delivery_disabled": 0}, None),
        ({"audit_fine": 0}, "the last audit found something wrong"),
        ({"audit_fine": 1}, None),
        (
            {"audit_last_run_timestamp_seconds": NOW - 4 * 86400},
            "no audit has run for three days",
        ),
    ],
)
def test_what_is_wrong_is_told_by_the_gauges(
    gauges: dict[str, float], words: str | None
) -> None:
    """What is not known is no alert, nor what is well."""
    told = [alert.words for alert in alerts(readings(**gauges), [], NOW)]

    assert told == ([words] if words else [])


@pytest.mark.parametrize(
    ("schedule", "is_told"),
    [
        (Schedule("audit", NOW - 10, 60, is_paused=False), False),
        (Schedule("audit", NOW - 1000, 60, is_paused=False), True),
        (Schedule("audit", None, 60, is_paused=False), False),
        (Schedule("audit", NOW - 1000, None, is_paused=False), False),
        (Schedule("audit", NOW - 10, 60, is_paused=True), True),
    ],
)
def test_a_schedule_that_stands_still_is_told(
    schedule: Schedule,
    is_told: bool,  # noqa: FBT001 a case of the table
) -> None:
    """One that has never run may be new."""
    assert bool(alerts(readings(), [schedule], NOW)) is is_told


@pytest.mark.parametrize(
    ("success", "audited", "shown"),
    [(None, 9.0, 9.0), (9.0, 3.0, 9.0), (3.0, None, 3.0)],
)
def test_an_audit_has_one_row_whoever_ran_it(
    success: float | None, audited: float | None, shown: float
) -> None:
    """By its schedule or by hand, the later; a row of its own without a schedule."""
    audit = Schedule("audit", success, 60, is_paused=False)
    at = datetime.fromtimestamp(audited, UTC) if audited else None

    runs = runs_of([audit], at)
    without = runs_of([], at)

    assert runs["schedules"] == [(audit, datetime.fromtimestamp(shown, UTC))]
    assert runs["audited"] is None
    assert without == {"schedules": [], "audited": at}


def test_the_schedules_are_those_that_there_are() -> None:
    """One that never succeeded has 0 as its time, and an unknown interval NaN."""
    read = readings(
        schedule_pausedaudit=0,
        schedule_last_success_timestamp_secondsaudit=0,
        schedule_interval_secondsaudit=nan,
    )

    found = schedules_of(read, ["audit", "inbox-sweep"])

    assert found == [Schedule("audit", None, None, is_paused=False)]

"""How many applications each board has sent, by hour and by day, as Temporal counts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from api.shared import Shared
from letterbox.domain.application import Stage
from letterbox.domain.listing import Filter
from letterbox.logs import log_failure

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_HOURS, _DAYS = 24, 14
# Lists are behind by seconds; what ended before is counted once.
_SETTLED = timedelta(minutes=5)
_CONCURRENCY = 8
_FRESH = timedelta(seconds=30)
_MAX_WHOSE = 50
_WAITING_FOR = (HOUR, DAY, 7 * DAY)

log = structlog.get_logger()

Whose = frozenset[str] | None
"""The hirers whose applications are counted; None: all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many began in one hour, or on one day."""

    start: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, and when."""

    at: datetime
    hours: Mapping[str, Sequence[Bar]] = field(default_factory=dict)
    """By the board, the earliest first."""
    days: Mapping[str, Sequence[Bar]] = field(default_factory=dict)
    triage: int = 0
    waiting: Mapping[timedelta, int] = field(default_factory=dict)
    """How many are in triage for longer."""
    untold: int = 0
    """How many are matched for an hour, and the ATS was not told."""


@dataclass(frozen=True, slots=True)
class _Span:
    board: str
    start: datetime
    length: timedelta


class ArrivalCounts:
    """
    Counts when somebody looks; what cannot change any more is remembered.

    What was counted is shown for as long as it is ``fresh``. ``count`` asks Temporal
    for the number that passes a filter.
    """

    def __init__(
        self,
        count: Callable[..., Awaitable[int]],
        boards: Sequence[str],
        fresh: timedelta = _FRESH,
    ) -> None:
        self._count = count
        self._fresh = fresh
        self._boards = boards
        self._known: dict[tuple[Whose, _Span], int] = {}
        self._latest: dict[Whose, Counted] = {}
        self._counting: dict[Whose, Shared[None]] = {}
        self._places = asyncio.Semaphore(_CONCURRENCY)

    async def counted(
        self, whose: Whose, within: float, first_within: float | None = None
    ) -> Counted | None:
        """
        Return the latest counts; None where nothing was counted in time.

        ``within`` is the time, in seconds, that fresh counts are waited for;
        ``first_within`` is the same while there are no earlier ones to show.
        """
        latest = self._latest.get(whose)
        if latest and datetime.now(UTC) - latest.at < self._fresh:
            return latest
        if whose not in self._counting:
            if len(self._counting) >= _MAX_WHOSE:
                self._forget()
            self._counting[whose] = Shared(lambda: self._attempt(whose))
        if latest is None and first_within is not None:
            within = first_within
        try:
            await self._counting[whose].result(within)
        except TimeoutError:
            log.info("arrivals are still being counted")
        return self._latest.get(whose)

    def _forget(self) -> None:
        self._counting.clear()
        self._latest.clear()
        self._known.clear()

    async def _attempt(self, whose: Whose) -> None:
        now = datetime.now(UTC)
        try:
            self._latest[whose] = await self._read(whose, now)
        except Exception as error:  # noqa: BLE001 whatever it is, a page goes without
            log_failure("arrivals cannot be counted", error)

    async def _read(self, whose: Whose, now: datetime) -> Counted:
        spans = [span for board in self._boards for span in _spans(board, now)]
        oldest = min(span.start for span in spans)
        self._known = {
            key: count for key, count in self._known.items() if key[1].start >= oldest
        }
        senders = await self._senders(whose, oldest)
        counts = await asyncio.gather(
            *(self._of(whose, span, now, senders) for span in spans)
        )
        bars: dict[timedelta, dict[str, list[Bar]]] = {HOUR: {}, DAY: {}}
        for span, count in zip(spans, counts, strict=True):
            of_board = bars[span.length].setdefault(span.board, [])
            of_board.append(Bar(span.start, count))
        triage, *waiting = await asyncio.gather(
            self._standing(whose, Stage.TRIAGE, None),
            *(
                self._standing(whose, Stage.TRIAGE, now - longer)
                for longer in _WAITING_FOR
            ),
        )
        return Counted(
            at=now,
            hours=bars[HOUR],
            days=bars[DAY],
            triage=triage,
            waiting=dict(zip(_WAITING_FOR, waiting, strict=True)),
            untold=await self._standing(whose, Stage.MATCHED, now - HOUR),
        )

    async def _senders(self, whose: Whose, since: datetime) -> set[str]:
        """Return the boards that have sent anything: of most there is nothing."""
        counts = await asyncio.gather(
            *(
                self._number(whose, Filter(board=board, received_after=since))
                for board in self._boards
            )
        )
        return {
            board for board, count in zip(self._boards, counts, strict=True) if count
        }

    async def _of(
        self, whose: Whose, span: _Span, now: datetime, senders: set[str]
    ) -> int:
        if span.board not in senders:
            return 0
        if (known := self._known.get((whose, span))) is not None:
            return known
        end = span.start + span.length
        count = await self._number(
            whose,
            Filter(board=span.board, received_after=span.start, received_before=end),
        )
        if now - end > _SETTLED:
            self._known[whose, span] = count
        return count

    async def _standing(
        self, whose: Whose, stage: Stage, before: datetime | None
    ) -> int:
        filters = Filter(stage=stage, received_before=before)
        return await self._number(whose, filters, is_open=True)

    async def _number(
        self, whose: Whose, filters: Filter, *, is_open: bool = False
    ) -> int:
        async with self._places:
            return await self._count(filters, whose, is_open=is_open)


def _spans(board: str, now: datetime) -> Iterator[_Span]:
    for length in (HOUR, DAY):
        for start in starts(length, now):
            yield _Span(board, start, length)


def starts(length: timedelta, now: datetime) -> list[datetime]:
    """Return when the last hours or days began, the earliest first."""
    latest = now.replace(minute=0, second=0, microsecond=0)
    if length == DAY:
        latest = latest.replace(hour=0)
    number = _DAYS if length == DAY else _HOURS
    return [latest - before * length for before in reversed(range(number))]

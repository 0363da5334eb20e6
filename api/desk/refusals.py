"""Counts what boards are refused, by hour: metrics forget it with their process."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry

from api.shared import Shared, in_background
from api.threads import Threads
from letterbox.boards.base import Outcome
from letterbox.domain.refusals import Refusal
from letterbox.logs import log_failure

_EVERY = 60.0
_TIMEOUT = 20.0
# A process that is told to end is waited for.
_LAST = 2.0
_FRESH = timedelta(seconds=30)
_TAKEN = {Outcome.ACCEPTED, Outcome.DUPLICATE}
DAYS = 14

Counts = Mapping[tuple[str, str], float]
"""Answers since the process began, by the board and the word for them."""

log = structlog.get_logger()


class RefusalStore(Protocol):
    """The counts of all processes. Blocking."""

    def write(self, writer: str, day: date, counts: Mapping[Refusal, int]) -> None:
        """Write what a process has counted on a day so far."""

    def read(self, day: date) -> Counter[Refusal]:
        """Add up what all processes have counted on a day."""

    def remove_old(self, today: date) -> None:
        """Remove what nobody looks at any more."""


class Refusals:
    """
    Writes once a minute what was refused since, and reads it for the charts.

    Its failures harm nobody: what could not be written is written the next time.
    """

    def __init__(
        self,
        store: RefusalStore,
        answers: Callable[[], Counts],
        every: float = _EVERY,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._answers = answers
        self._every = every
        self._now = now
        self._threads = Threads(1)
        self._writer = uuid4().hex
        self._seen: dict[tuple[str, str], float] = {}
        self._day: date | None = None
        self._today = Counter[Refusal]()
        self._is_written = True
        self._past: dict[date, Counter[Refusal]] = {}
        self._latest: Counter[Refusal] | None = None
        self._read_at = now()
        self._reading = Shared(self._read)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Count until the block is left, and then once more."""
        try:
            async with in_background(self._work()):
                yield
        finally:
            await self.count(_LAST)

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.count()

    async def count(self, within: float = _TIMEOUT) -> None:
        """Add what was refused since the last time, and write it."""
        hour = self._now().replace(minute=0, second=0, microsecond=0)
        if self._day != hour.date():
            self._day, self._today = hour.date(), Counter()
            await self._attempt(lambda: self._store.remove_old(hour.date()), within)
        for (board, answer), total in self._answers().items():
            since = total - self._seen.get((board, answer), 0)
            self._seen[board, answer] = total
            if since and answer not in _TAKEN:
                self._today[Refusal(board, answer, hour)] += int(since)
                self._is_written = False
        if not self._is_written:
            counts = dict(self._today)
            self._is_written = await self._attempt(
                lambda: self._store.write(self._writer, hour.date(), counts), within
            )

    async def lately(self, within: float) -> Counter[Refusal] | None:
        """Return what was refused in the last days; None where it is not read yet."""
        if self._latest is None or self._now() - self._read_at >= _FRESH:
            try:
                await self._reading.result(within)
            except TimeoutError:
                log.info("refusals are still being read")
        return self._latest

    async def _read(self) -> None:
        now = self._now()
        days = [now.date() - timedelta(days=ago) for ago in range(DAYS)]
        self._past = {day: known for day, known in self._past.items() if day in days}
        missing = [day for day in days if day not in self._past]

        def read() -> None:
            found = {day: self._store.read(day) for day in missing}
            # Yesterday's last minutes may not be written yet.
            self._past |= {day: found[day] for day in missing if day not in days[:2]}
            self._latest = sum((found | self._past).values(), Counter[Refusal]())
            self._read_at = now

        await self._attempt(read)

    async def _attempt(
        self, work: Callable[[], None], within: float = _TIMEOUT
    ) -> bool:
        try:
            await self._threads.run(work, within)
        except Exception as error:  # noqa: BLE001 whatever it is, a page goes without
            log_failure("refusals not kept, or not read", error)
            return False
        return True


def answers_in(registry: CollectorRegistry) -> Counts:
    """Read the answers that were given to boards so far."""
    return {
        (sample.labels["board"], sample.labels["answer"]): sample.value
        for metric in registry.collect()
        if metric.name == "letterbox_answers"
        for sample in metric.samples
        if sample.name == "letterbox_answers_total"
    }

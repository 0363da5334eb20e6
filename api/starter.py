"""Hands accepted applications to Temporal, behind the answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from math import inf
from time import monotonic

import structlog

from api.metrics import Metrics
from api.shared import in_background
from letterbox.logs import log_failure

Start = Callable[..., Awaitable[None]]
"""Of an application's id, and the keyword ``request_id`` where a request led to it."""

_WAITING = 1000
_CONCURRENCY = 4
# A start, and the work that it sets off, costs ten times what an answer does. While
# more requests than these are being answered, one now and then has to do.
_BUSY = 4
_PAUSE_SECONDS = 0.5
# A sender who goes on as soon as it is answered shares the cores with what it has set
# off. While answers follow each other so closely, some starts a second have to do.
_CLOSE_SECONDS = 0.02
_SHORT_PAUSE_SECONDS = 0.05

log = structlog.get_logger()


class Starter:
    """
    A bounded queue of applications to start.

    What does not fit, or fails, lies in the inbox and is left to the sweep: a flood
    or an outage of Temporal delays work and refuses nobody.
    """

    def __init__(
        self, start: Start, metrics: Metrics, clock: Callable[[], float] = monotonic
    ) -> None:
        self._start = start
        self._metrics = metrics
        self._clock = clock
        self._queue: asyncio.Queue[tuple[str, str | None]] = asyncio.Queue(_WAITING)
        self._answering = 0
        self._answered_at = -inf
        self._gap = inf  # From an answer to the request after it.
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Mark the time in which a request is being answered."""
        self._answering += 1
        self._gap = self._clock() - self._answered_at
        try:
            yield
        finally:
            self._answering -= 1
            self._answered_at = self._clock()

    def offer(self, application_id: str, request_id: str | None = None) -> None:
        """Queue an application; never waits, never fails."""
        try:
            self._queue.put_nowait((application_id, request_id))
        except asyncio.QueueFull:
            self._left(application_id, "full")

    def running(self) -> AbstractAsyncContextManager[None]:
        """Start what is offered, until the block is left."""
        return in_background(*(self._work() for _ in range(_CONCURRENCY)))

    async def _work(self) -> None:
        while True:
            offered = await self._queue.get()
            if pause := self._pause():
                async with self._one_at_a_time:
                    await asyncio.sleep(pause)
                    await self._try(*offered)
            else:
                await self._try(*offered)

    def _pause(self) -> float:
        """Return for how long the next start is to be put off."""
        if self._answering > _BUSY:
            return _PAUSE_SECONDS
        since_last_answer = self._clock() - self._answered_at
        is_succession = max(self._gap, since_last_answer) < _CLOSE_SECONDS
        return _SHORT_PAUSE_SECONDS if is_succession else 0

    async def _try(self, application_id: str, request_id: str | None) -> None:
        about = {"request_id": request_id} if request_id else {}
        try:
            await self._start(application_id, **about)
        except Exception as error:  # noqa: BLE001 whatever it is, the next must start
            self._metrics.starts.labels("left").inc()
            log_failure("left to the sweep", error, application=application_id)
        else:
            self._metrics.starts.labels("started").inc()

    def _left(self, application_id: str, reason: str) -> None:
        self._metrics.starts.labels("left").inc()
        log.warning("left to the sweep", application=application_id, reason=reason)

"""Reads what is watched, in the background: whoever asks for metrics never waits."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import TypeVar

from api.gauges import Gauges
from api.shared import Shared, in_background
from api.threads import Threads
from letterbox.domain.watching import (
    AuditState,
    CatalogueState,
    InboxState,
    TemporalState,
)
from letterbox.logs import log_failure

_EVERY = 30.0
_TIMEOUT = 20.0
# A store that is well has answered by then; Prometheus is not kept waiting for more.
_REFRESH_TIMEOUT = 0.25

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSources:
    """Where the readings come from; all but the last are blocking."""

    inbox: Callable[[], InboxState]
    audit: Callable[[], AuditState | None]
    catalogue: Callable[[], CatalogueState]
    is_delivery_disabled: Callable[[], bool]
    temporal: Callable[[], Awaitable[TemporalState]]


class Watch:
    """
    Sets the gauges every thirty seconds.

    Each source has a task of its own, so that one that hangs ages alone: its
    timestamps tell. Failures never end it.
    """

    def __init__(self, sources: WatchSources, gauges: Gauges) -> None:
        self._sources = sources
        self._gauges = gauges
        self._threads = Threads(2)
        self._inbox = Shared(self._read_inbox)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Watch until the block is left."""
        readings = {
            "inbox": self._look_at_inbox,
            "store": self._read_store,
            "temporal": self._read_temporal,
        }
        return in_background(*(_repeat(*reading) for reading in readings.items()))

    async def refresh_inbox(self) -> None:
        """Start a count of the inbox, and wait a moment in case it is quick."""
        with suppress(TimeoutError):
            await self._inbox.result(_REFRESH_TIMEOUT)

    async def _look_at_inbox(self) -> None:
        await self._inbox.result(2 * _TIMEOUT)

    async def _read_inbox(self) -> None:
        reading = self._threads.run(self._sources.inbox, _TIMEOUT)
        self._gauges.set_inbox(await _attempted("inbox", reading))

    async def _read_store(self) -> None:
        run = self._threads.run
        is_disabled = await run(self._sources.is_delivery_disabled, _TIMEOUT)
        self._gauges.set_delivery(is_disabled=is_disabled)
        self._gauges.set_audit(await run(self._sources.audit, _TIMEOUT))
        self._gauges.set_catalogue(await run(self._sources.catalogue, _TIMEOUT))

    async def _read_temporal(self) -> None:
        async with asyncio.timeout(_TIMEOUT):
            self._gauges.set_temporal(await self._sources.temporal())


async def _repeat(what: str, read: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _attempted(what, read())
        await asyncio.sleep(_EVERY)


async def _attempted(what: str, reading: Awaitable[Result]) -> Result | None:
    """Wait for a reading; a watch that ended with one that fails would tell nothing."""
    try:
        return await reading
    except Exception as error:  # noqa: BLE001 whatever it is, the next reading is due
        log_failure("cannot be watched", error, what=what)
    return None

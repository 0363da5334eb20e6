"""What follows, behind the answer, when a board names a job that we do not know."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from anyio import to_thread

from api.metrics import Metrics
from api.shared import in_background
from letterbox.logs import log_failure

_LOOK_EVERY = 1.0
_IMPORT_EVERY = 60.0
_TIMEOUT = 10.0


class RefusalCounter(Protocol):
    """Counts references that were refused. Blocking, but for ``note``."""

    def note(self, board: str, reference: str) -> None:
        """Count one refusal."""

    def flush(self) -> None:
        """Write what was counted."""


class UnknownReferences:
    """
    Counts refusals, and asks for an import when something unknown is asked for.

    Any thread may tell it; it works while ``running``, and its failures harm nobody.
    ``ask`` has the feed imported; at most once in ``ask_every`` seconds.
    """

    def __init__(
        self,
        refused: RefusalCounter,
        ask: Callable[[], Awaitable[None]],
        metrics: Metrics,
        *,
        ask_every: float = _IMPORT_EVERY,
        look_every: float = _LOOK_EVERY,
    ) -> None:
        self._refused = refused
        self._ask = ask
        self._metrics = metrics
        self._ask_every = ask_every
        self._look_every = look_every
        self._is_unknown = False
        self._is_refused = False
        self._asked_at = float("-inf")

    def unknown(self) -> None:
        """Note that a board named a reference that no position has."""
        self._is_unknown = True

    def refuse(self, board: str, reference: str) -> None:
        """Count a reference that was refused."""
        self._metrics.refused_references.labels(board).inc()
        self._refused.note(board, reference)
        self._is_refused = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the block is left."""
        try:
            async with in_background(self._work()):
                yield
        finally:
            await self._flush()

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(self._look_every)
            await self._flush()
            if self._is_unknown and time.monotonic() - self._asked_at > self._ask_every:
                self._is_unknown = False
                self._asked_at = time.monotonic()
                await self._try_to_ask()

    async def _flush(self) -> None:
        if not self._is_refused:
            return
        self._is_refused = False
        try:
            await to_thread.run_sync(self._refused.flush)
        except Exception as error:  # noqa: BLE001 it is best effort, whatever it is
            log_failure("refused references not kept", error)

    async def _try_to_ask(self) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT):
                await self._ask()
        except Exception as error:  # noqa: BLE001 the schedule comes by itself, too
            log_failure("no import asked for", error)

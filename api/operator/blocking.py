"""Runs what blocks, for operators: in threads of their own, and not for ever."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from functools import partial
from threading import Lock
from typing import TypeVar, TypeVarTuple

from api.threads import Threads
from letterbox.domain.errors import StoreUnavailableError

SLOW = 120.0
"""Seconds for what looks through many objects: a person's, or the journal's."""
_WITHIN = 30.0
_LEAVING = 1.0

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class Blocking:
    """
    Reads and writes the store for operators, in threads that no board waits for.

    Whoever waits is told so (StoreUnavailableError) after ``within`` seconds, whatever
    the store hangs on. What was to be written may yet be written then.
    """

    def __init__(self, threads: int, within: float = _WITHIN) -> None:
        self._threads = Threads(threads)
        self._within = within

    async def run(
        self,
        work: Callable[[*Arguments], Result],
        *args: *Arguments,
        within: float | None = None,
    ) -> Result:
        """Run ``work`` in a thread, and return what it returns."""
        seconds = self._within if within is None else within
        try:
            return await self._threads.run(partial(work, *args), seconds)
        except TimeoutError:
            raise StoreUnavailableError(
                f"the store has not answered within {seconds:g} seconds: try again"
            ) from None

    async def pieces(self, chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
        """Yield what blocks for each piece."""
        while (chunk := await self.run(_next, chunks)) is not None:
            yield chunk

    @asynccontextmanager
    async def opened(
        self, content: AbstractContextManager[Iterator[bytes]]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open an object, and read it piece by piece."""
        reading = _Reading(content)
        chunks = await self.run(reading.open)
        try:
            yield self.pieces(chunks)
        finally:
            # A thread that hangs in it has the lock: it is left when that ends.
            with suppress(StoreUnavailableError):
                await self.run(reading.leave, within=_LEAVING)


class _Reading:
    """An object that one thread at a time reads, or leaves."""

    def __init__(self, content: AbstractContextManager[Iterator[bytes]]) -> None:
        self._content = content
        self._lock = Lock()

    def open(self) -> Iterator[bytes]:
        with self._lock:
            return self._pieces(self._content.__enter__())

    def _pieces(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            with self._lock:
                chunk = _next(chunks)
            if chunk is None:
                return
            yield chunk

    def leave(self) -> None:
        with self._lock:
            self._content.__exit__(None, None, None)


def _next(chunks: Iterator[bytes]) -> bytes | None:
    return next(chunks, None)

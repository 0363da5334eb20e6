"""Keeps for a while what a provider says: not everybody who signs in asks again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from letterbox.domain.errors import SignInError

T = TypeVar("T")

_KEEP = 600.0
_RENEW_EVERY = 60.0
_RETRY_AFTER = 3.0


class Remembered(Generic[T]):
    """
    One thing that is fetched by one at a time, and kept for ten minutes.

    A failure is kept for a moment: those who wait for the same share it, and a
    provider that hangs is not asked by each of them in turn.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[T]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: tuple[T, float] | None = None
        self._failed: tuple[SignInError, float] | None = None
        self._renewed_at = float("-inf")

    async def get(self) -> T:
        """Return it as it was fetched in the last ten minutes (SignInError)."""
        async with self._lock:
            if self._known and self._clock() - self._known[1] < _KEEP:
                return self._known[0]
            return await self._anew()

    async def renewed(self) -> T:
        """Return it fetched anew, unless that was asked for less than a minute ago."""
        async with self._lock:
            if self._known and self._clock() - self._renewed_at < _RENEW_EVERY:
                return self._known[0]
            self._renewed_at = self._clock()
            return await self._anew()

    async def _anew(self) -> T:
        if self._failed and self._clock() - self._failed[1] < _RETRY_AFTER:
            raise self._failed[0].again()
        try:
            fetched = await self._fetch()
        except SignInError as error:
            self._failed = error, self._clock()
            raise
        self._known, self._failed = (fetched, self._clock()), None
        return fetched

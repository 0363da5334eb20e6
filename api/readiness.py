"""Checks whether the store takes what boards send, at little cost for it."""

import time
from collections.abc import Callable

from api.shared import Shared
from api.threads import Threads
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore

_TIMEOUT = 4.0
_CHECK_EVERY = 10.0
_LISTED_PREFIX = "health/"


class StoreProbe:
    """
    Checks whether the store works, one check at a time.

    An object is written, read and removed every ten seconds at most, or after a
    failure. In between the store is asked to list: a bucket or a volume that went away
    is noticed at once.
    """

    def __init__(
        self, store: ObjectStore, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._checked_at: float | None = None
        self._threads = Threads(1)
        self._probing = Shared(self._in_thread)

    async def works(self) -> bool:
        """Return an answer within four seconds; a store that hangs does not work."""
        try:
            return await self._probing.result(_TIMEOUT)
        except TimeoutError:
            return False

    async def _in_thread(self) -> bool:
        try:
            return await self._threads.run(self._probe, _TIMEOUT)
        except TimeoutError:
            return False

    def _probe(self) -> bool:
        now = self._monotonic()
        checked, self._checked_at = self._checked_at, None
        try:
            if checked is None or now - checked >= _CHECK_EVERY:
                self._store.check()
                checked = now
            else:
                next(self._store.list(_LISTED_PREFIX), None)
        except StoreUnavailableError:
            return False
        self._checked_at = checked
        return True

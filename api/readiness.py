"""Whether the store takes what boards send, found out at little cost for it."""

import time
from collections.abc import Callable

from api.shared import Shared
from api.threads import Threads
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore

_TIMEOUT = 4.0
_PROVE_EVERY = 10.0
_LOOKED_AT = "health/"


class StoreProbe:
    """
    Tells whether the store works, at most one question at a time.

    An object is written, read and removed every ten seconds at most, or after a
    failure. In between the store is asked to list: a bucket or a volume that went away
    is noticed at once.
    """

    def __init__(
        self, store: ObjectStore, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._proved_at: float | None = None
        self._threads = Threads(1)
        self._probing = Shared(self._in_thread)

    async def works(self) -> bool:
        """Tell within four seconds; a store that hangs does not work."""
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
        proved, self._proved_at = self._proved_at, None
        try:
            if proved is None or now - proved >= _PROVE_EVERY:
                self._store.check()
                proved = now
            else:
                next(self._store.list(_LOOKED_AT), None)
        except StoreUnavailableError:
            return False
        self._proved_at = proved
        return True

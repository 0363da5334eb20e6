"""One import at a time, whichever process it runs in."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from letterbox.domain import keys
from letterbox.domain.errors import ImportBusyError, LetterboxError
from letterbox.domain.ports import ObjectStore

_LASTS = 30.0
_EVERY = 5.0
# What ends later than any lease can was written by a clock that was far ahead.
_CLOCKS_DIFFER = 600.0
# What this process left behind, because the store was away, is nobody's.
_PROCESS = uuid4().hex
_LIVE: set[str] = set()


class ImportLease:
    """
    A lease in the store; a process that dies loses it within half a minute.

    Clocks may differ by less than that: writes are conditional, so that two imports
    side by side would do work twice, and no harm.
    """

    def __init__(
        self, store: ObjectStore, lasts: float = _LASTS, every: float = _EVERY
    ) -> None:
        self._store = store
        self._lasts = lasts
        self._every = every
        self._owner = f"{_PROCESS}-{uuid4().hex}"
        self._lost = threading.Event()
        self._done = threading.Event()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it for as long as the block lasts (ImportBusyError)."""
        if not self._take():
            raise ImportBusyError("another import is running: try again later")
        _LIVE.add(self._owner)
        self._lost.clear()
        self._done.clear()
        renewer = threading.Thread(target=self._renew, daemon=True)
        renewer.start()
        try:
            yield
        finally:
            self._done.set()
            renewer.join()
            _LIVE.discard(self._owner)
            self._give_back()

    def check(self) -> None:
        """Check that the lease is still held (ImportBusyError)."""
        if self._lost.is_set():
            raise ImportBusyError("another import has taken over")

    def _take(self) -> bool:
        owner, until, version = self._read()
        is_left = owner.startswith(_PROCESS) and owner not in _LIVE
        is_free = owner in {"", self._owner} or is_left
        left = until - time.time()
        if not is_free and 0 < left < self._lasts + _CLOCKS_DIFFER:
            return False
        if self._write(time.time() + self._lasts, version):
            return True
        # The answer may have been lost, and not the write.
        return self._read()[0] == self._owner

    def _renew(self) -> None:
        renewed_at = time.monotonic()
        while not self._done.wait(self._every):
            try:
                is_held = self._take()
            except LetterboxError:
                is_held = time.monotonic() - renewed_at < self._lasts
            else:
                renewed_at = time.monotonic()
            if not is_held:
                self._lost.set()
                return

    def _give_back(self) -> None:
        try:
            owner, _, version = self._read()
            if owner == self._owner:
                self._write(0, version)
        except LetterboxError:
            pass  # It runs out by itself.

    def _read(self) -> tuple[str, float, str | None]:
        try:
            body, version = self._store.get_version(keys.IMPORT_LEASE)
        except FileNotFoundError:
            return "", 0.0, None
        try:
            lease = json.loads(body)
            return str(lease["owner"]), float(lease["until"]), version
        except (ValueError, KeyError, TypeError):
            return "", 0.0, version

    def _write(self, until: float, version: str | None) -> bool:
        lease = {"owner": self._owner, "until": until}
        return self._store.replace(
            keys.IMPORT_LEASE, json.dumps(lease).encode(), version
        )

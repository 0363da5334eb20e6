"""Documents that a virus scanner objects to: kept apart, and not served."""

from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from domain import keys
from domain.errors import EndedError
from domain.ports import ObjectStore
from gateways.endings import take_back_if_removed
from gateways.objects import exists

_IN_MEMORY = 1024 * 1024


class StoredQuarantine:
    """Documents in ``quarantine/`` of their application. Blocking."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def holds(self, application_id: str, name: str) -> bool:
        """Tell whether a document of this content was put here before."""
        return exists(self._store, keys.quarantined(application_id, name))

    def move(self, application_id: str, name: str) -> None:
        """
        Move a document here; one that is nowhere is left at that.

        The copy comes first, so one who is killed in between has two, and moves
        again. So is one moved that comes again.
        """
        with suppress(FileNotFoundError, EndedError):
            self._copy(application_id, name)
            self._store.delete(keys.document(application_id, name))

    def _copy(self, application_id: str, name: str) -> None:
        with SpooledTemporaryFile(_IN_MEMORY) as spool:
            size = 0
            with self._store.open(keys.document(application_id, name)) as chunks:
                for chunk in chunks:
                    size += spool.write(chunk)
            spool.seek(0)
            # To typeshed it is IO[bytes], which lacks nothing of BinaryIO.
            copy = cast("BinaryIO", spool)
            key = keys.quarantined(application_id, name)
            self._store.put(key, copy, size)
        take_back_if_removed(self._store, application_id, key)

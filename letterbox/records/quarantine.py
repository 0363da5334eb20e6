"""Documents that a virus scanner objects to: kept apart, and not served."""

from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from letterbox.archive.endings import take_back_if_removed
from letterbox.domain import keys
from letterbox.domain.application import Release
from letterbox.domain.errors import EndedError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import exists

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
            there = keys.quarantined(application_id, name)
            self._move(application_id, keys.document(application_id, name), there)

    def is_empty(self, application_id: str) -> bool:
        """Tell whether nothing of an application is here."""
        return not any(True for _ in self._store.list(keys.quarantine(application_id)))

    def is_released(self, application_id: str, name: str) -> bool:
        """Tell what a person has vouched for: it does not come here again."""
        return exists(self._store, keys.released(application_id, name))

    def release(self, application_id: str, name: str, release: Release) -> None:
        """
        Put a document back; one that is back already stays there (EndedError).

        The word comes first: a scan in between must not put it away again.
        """
        told = release.model_dump_json().encode()
        word = keys.released(application_id, name)
        self._store.put(word, told)
        take_back_if_removed(self._store, application_id, word)
        there = keys.quarantined(application_id, name)
        with suppress(FileNotFoundError):
            self._move(application_id, there, keys.document(application_id, name))

    def _move(self, application_id: str, source: str, target: str) -> None:
        self._copy(application_id, source, target)
        self._store.delete(source)

    def _copy(self, application_id: str, source: str, target: str) -> None:
        with SpooledTemporaryFile(_IN_MEMORY) as spool:
            size = 0
            with self._store.open(source) as chunks:
                for chunk in chunks:
                    size += spool.write(chunk)
            spool.seek(0)
            # To typeshed it is IO[bytes], which lacks nothing of BinaryIO.
            copy = cast("BinaryIO", spool)
            self._store.put(target, copy, size)
        take_back_if_removed(self._store, application_id, target)

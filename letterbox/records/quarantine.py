"""Documents that a virus scanner objects to: apart, and not served."""

from contextlib import suppress

from letterbox.archive.endings import take_back_if_removed
from letterbox.domain import keys
from letterbox.domain.application import Release
from letterbox.domain.errors import EndedError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import exists, has_any
from letterbox.streams import copy, spooled


class StoredQuarantine:
    """Documents in ``quarantine/`` of their application. Blocking."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def contains(self, application_id: str, name: str) -> bool:
        """Return whether a document of this name is in quarantine."""
        return exists(self._store, keys.quarantined(application_id, name))

    def move(self, application_id: str, name: str) -> None:
        """
        Move a document into quarantine; an absent one is left at that.

        The copy comes first: a process that is killed in between leaves two, and the
        next one moves it again.
        """
        with suppress(FileNotFoundError, EndedError):
            target = keys.quarantined(application_id, name)
            self._move(application_id, keys.document(application_id, name), target)

    def is_empty(self, application_id: str) -> bool:
        """Return whether nothing of an application is in quarantine."""
        return not has_any(self._store, keys.quarantine(application_id))

    def is_released(self, application_id: str, name: str) -> bool:
        """Return whether a person has vouched for a document."""
        return exists(self._store, keys.released(application_id, name))

    def release(self, application_id: str, name: str, release: Release) -> None:
        """
        Put a document back; harmless to repeat (EndedError).

        The release comes first: a scan in between must not put it away again.
        """
        body = release.model_dump_json().encode()
        key = keys.released(application_id, name)
        self._store.put(key, body)
        take_back_if_removed(self._store, application_id, key)
        source = keys.quarantined(application_id, name)
        with suppress(FileNotFoundError):
            self._move(application_id, source, keys.document(application_id, name))

    def _move(self, application_id: str, source: str, target: str) -> None:
        self._copy(application_id, source, target)
        self._store.delete(source)

    def _copy(self, application_id: str, source: str, target: str) -> None:
        with spooled() as spool:
            with self._store.open(source) as chunks:
                _, size = copy(chunks, spool)
            spool.seek(0)
            self._store.put(target, spool, size)
        take_back_if_removed(self._store, application_id, target)

"""Removes applications from the store, so that a second run ends what one began."""

from domain import keys
from domain.application import Application, Tombstone
from domain.errors import DamagedError
from domain.ports import Applications, Archives, Candidates, ObjectStore
from gateways.objects import exists


class StoredRemoval:
    """The ``Removal`` port over an object store."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        applications: Applications,
        archives: Archives,
        candidates: Candidates,
    ) -> None:
        self._store = store
        self._applications = applications
        self._archives = archives
        self._candidates = candidates

    def bury(
        self,
        application_id: str,
        tombstone: Tombstone,
        unrecorded: Application | None = None,
    ) -> Tombstone:
        """
        Write the tombstone first: what it covers can be removed again.

        The markers go before the record, which alone knows where they are.
        ``unrecorded`` is what would have been the record where there is none.
        """
        count = len(self._objects(application_id))
        told = tombstone.model_copy(update={"removed": count, "id": application_id})
        key = keys.tombstone(application_id)
        try:
            told = Tombstone.model_validate_json(self._store.get(key))
        except FileNotFoundError:
            self._store.put(key, told.model_dump_json().encode())
        self._remove(application_id, unrecorded)
        return told

    def finish(self, application_id: str) -> None:
        """Remove all but the tombstone."""
        self._remove(application_id, None)

    def _remove(self, application_id: str, unrecorded: Application | None) -> None:
        self._unmark(application_id, unrecorded)
        # A put that was cut short has not become an object, and has its bytes.
        for unfinished in (
            keys.application(application_id).rstrip("/"),
            keys.inbox(application_id).rstrip("/"),
            keys.archive(application_id),
        ):
            self._store.remove_unfinished(unfinished)
        for key in self._objects(application_id):
            self._store.delete(key)

    def retire(self, application_id: str) -> None:
        """
        Remove the record first: from then on the archive stands for the application.

        What is left behind by a kill is removed by the next try.
        """
        self._store.delete(keys.record(application_id))
        for found in list(self._store.list(keys.application(application_id))):
            self._store.delete(found.key)
        self._store.remove_unfinished(keys.application(application_id).rstrip("/"))

    def _objects(self, application_id: str) -> list[str]:
        folders = (keys.application(application_id), keys.inbox(application_id))
        found = [one.key for folder in folders for one in self._store.list(folder)]
        # The record last: it knows the candidate's markers.
        found.sort(key=lambda key: key == keys.record(application_id))
        singles = (keys.archive(application_id), keys.hold(application_id))
        return [*found, *(key for key in singles if exists(self._store, key))]

    def _unmark(self, application_id: str, unrecorded: Application | None) -> None:
        try:
            record = self._record(application_id) or unrecorded
        except DamagedError:
            self._candidates.forget(application_id)
            return
        if record:
            self._candidates.unmark(record)
        elif any(True for _ in self._store.list(keys.sources(application_id))):
            # A kill between the marking and the record leaves markers of nothing;
            # what was not taken over was never marked, and the walk is long.
            self._candidates.forget(application_id)

    def _record(self, application_id: str) -> Application | None:
        if record := self._applications.find(application_id):
            return record
        try:
            return self._archives.record(application_id)
        except FileNotFoundError:
            return None

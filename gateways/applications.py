"""What the object store holds of applications."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import BinaryIO

from domain import keys
from domain.application import Application, Stage
from domain.inbox import Delivery
from domain.ports import ObjectStore


class StoredApplications:
    """The ``Applications`` port over an object store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def accept(self, delivery: Delivery, contents: Mapping[str, BinaryIO]) -> None:
        """Write the inbox record last: it vouches for the documents."""
        for document in delivery.documents:
            content = contents[document.sha256]
            content.seek(0)
            key = keys.document(delivery.application_id, document.name)
            self._store.put(key, content, document.size)
        self._put(_inbox_key(delivery), delivery.model_dump_json())

    def waiting(self, application_id: str) -> list[Delivery]:
        """Read the inbox of one application, the oldest delivery first."""
        listed = list(self._store.list(keys.inbox(application_id)))
        found = [self._delivery(stored.key) for stored in listed]
        return sorted((one for one in found if one), key=Delivery.precedes)

    def delivery(self, application_id: str, fingerprint: str) -> Delivery:
        """
        Read one delivery (FileNotFoundError).

        A step that is run again may find that its predecessor has recorded it.
        """
        waiting = self._delivery(keys.inbox_record(application_id, fingerprint))
        if waiting:
            return waiting
        record = self.find(application_id)
        for view in record.views if record else ():
            if view.fingerprint == fingerprint:
                body = self._store.get(keys.source(application_id, view.number))
                return Delivery.model_validate_json(body)
        raise FileNotFoundError(keys.inbox(application_id))

    def find(self, application_id: str) -> Application | None:
        """Read the canonical record."""
        try:
            body = self._store.get(keys.record(application_id))
        except FileNotFoundError:
            return None
        return Application.model_validate_json(body)

    def ended(self, application_id: str) -> Stage | None:
        """Tell whether the application was archived or erased."""
        if self._exists(keys.tombstone(application_id)):
            return Stage.ERASED
        if self._exists(keys.archive(application_id)):
            return Stage.ARCHIVED
        return None

    def record(self, application: Application, delivery: Delivery) -> None:
        """Write in the order in which a crash loses nothing."""
        number = next(
            view.number
            for view in application.views
            if view.fingerprint == delivery.fingerprint
        )
        self._put(keys.source(application.id, number), delivery.model_dump_json())
        self._put(keys.record(application.id), application.model_dump_json(indent=1))
        self.clear(application.id, delivery.fingerprint)

    def clear(self, application_id: str, fingerprint: str) -> None:
        """Take a delivery out of the inbox."""
        self._store.delete(keys.inbox_record(application_id, fingerprint))

    def discard(self, delivery: Delivery) -> None:
        """Remove a delivery and the documents that it brought."""
        for document in delivery.documents:
            self._store.delete(keys.document(delivery.application_id, document.name))
        self._store.delete(_inbox_key(delivery))

    def open_document(
        self, application_id: str, name: str
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Read a document in chunks (FileNotFoundError)."""
        return self._store.open(keys.document(application_id, name))

    def put_document(self, application_id: str, name: str, body: bytes) -> None:
        """Keep a document that is named by its content."""
        self._store.put(keys.document(application_id, name), body)

    def _delivery(self, key: str) -> Delivery | None:
        try:
            return Delivery.model_validate_json(self._store.get(key))
        except FileNotFoundError:
            return None

    def _exists(self, key: str) -> bool:
        try:
            self._store.stat(key)
        except FileNotFoundError:
            return False
        return True

    def _put(self, key: str, text: str) -> None:
        self._store.put(key, text.encode())


def _inbox_key(delivery: Delivery) -> str:
    return keys.inbox_record(delivery.application_id, delivery.fingerprint)

"""What the object store holds of applications."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import BinaryIO

import structlog
from pydantic import ValidationError

from domain import keys
from domain.application import Application, Stage, Tombstone
from domain.errors import DamagedError
from domain.inbox import Delivery
from domain.ports import ObjectStore
from gateways.looks import looking
from gateways.objects import exists

log = structlog.get_logger()


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
        """
        Read the inbox of one application, the oldest delivery first.

        One that cannot be read stays for a person, and must not hold up the others,
        nor an application that is recorded or has ended (ValidationError where there
        is nothing else of it).
        """
        found: list[Delivery] = []
        unreadable: ValidationError | None = None
        for stored in list(self._store.list(keys.inbox(application_id))):
            try:
                if delivery := self._delivery(stored.key):
                    found.append(delivery)
            except ValidationError as error:
                # Its key holds a digest of what was said: not for logs.
                log.error("unreadable inbox record", application=application_id)  # noqa: TRY400
                unreadable = error
        if unreadable and not (found or self._is_taken_in(application_id)):
            raise unreadable
        return sorted(found, key=Delivery.precedes)

    def holds(self, application_id: str, fingerprint: str) -> bool:
        """Look in the inbox first: what is recorded leaves it only afterwards."""
        if exists(self._store, keys.inbox_record(application_id, fingerprint)):
            return True
        record = self.find(application_id)
        known = [view.fingerprint for view in record.views] if record else []
        return fingerprint in known

    def find(self, application_id: str) -> Application | None:
        """Read the canonical record (DamagedError)."""
        try:
            body = self._store.get(keys.record(application_id))
        except FileNotFoundError:
            return None
        try:
            return Application.model_validate_json(body)
        except ValidationError:
            # Its text quotes what it cannot read.
            raise DamagedError("the record cannot be read") from None

    def ended(self, application_id: str) -> Stage | None:
        """Tell whether it was erased, discarded, or archived and has no hot copy."""
        try:
            body = self._store.get(keys.tombstone(application_id))
        except FileNotFoundError:
            is_archived = exists(self._store, keys.archive(application_id)) and not (
                exists(self._store, keys.record(application_id))
            )
            return Stage.ARCHIVED if is_archived else None
        return Tombstone.model_validate_json(body).stage

    def view(self, application_id: str, number: int) -> Delivery:
        """Read what the board said, as it was kept (FileNotFoundError)."""
        body = self._store.get(keys.source(application_id, number))
        return Delivery.model_validate_json(body)

    def keep_view(self, delivery: Delivery, number: int) -> None:
        """Keep what the board said under a number of its own."""
        key = keys.source(delivery.application_id, number)
        self._put(key, delivery.model_dump_json())

    def update(self, application: Application) -> None:
        """Write the record anew."""
        self._put(keys.record(application.id), application.model_dump_json(indent=1))

    def clear(self, delivery: Delivery) -> None:
        """Take a delivery out of the inbox, unless a later one has its place."""
        key = _inbox_key(delivery)
        try:
            there = self._delivery(key)
        except ValidationError:
            # Not what was taken over: ``waiting`` tells of it.
            return
        if there and there.received_at <= delivery.received_at:
            self._store.delete(key)

    def clear_repeat(self, delivery: Delivery) -> None:
        """
        Take a repeat out of the inbox, and what it brought that is of no use.

        That is what is infected, and what an earlier release called by another
        extension: the record goes by that name.
        """
        record = self.find(delivery.application_id)
        named = {one.sha256: one.name for one in record.attachments} if record else {}
        for document in delivery.documents:
            given = delivery.application_id, document.name
            is_other = named.get(document.sha256, document.name) != document.name
            if is_other or exists(self._store, keys.quarantined(*given)):
                self._store.delete(keys.document(*given))
        self.clear(delivery)

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

    def put_document(
        self,
        application_id: str,
        name: str,
        body: bytes | BinaryIO,
        size: int | None = None,
    ) -> None:
        """Keep a document that is named by its content; ``size`` goes with a file."""
        self._store.put(keys.document(application_id, name), body, size)

    def looking(self, application_id: str, name: str) -> AbstractContextManager[bool]:
        """Mark a look into a document; False where an earlier one never ended."""
        return looking(self._store, application_id, name)

    def known(self, application_id: str) -> bool:
        """Tell whether there is anything of an application, or ever was."""
        return (
            exists(self._store, keys.record(application_id))
            or self.ended(application_id) is not None
            or any(True for _ in self._store.list(keys.inbox(application_id)))
        )

    def _is_taken_in(self, application_id: str) -> bool:
        is_recorded = exists(self._store, keys.record(application_id))
        return is_recorded or self.ended(application_id) is not None

    def _delivery(self, key: str) -> Delivery | None:
        try:
            return Delivery.model_validate_json(self._store.get(key))
        except FileNotFoundError:
            return None

    def _put(self, key: str, text: str) -> None:
        self._store.put(key, text.encode())


def _inbox_key(delivery: Delivery) -> str:
    return keys.inbox_record(delivery.application_id, delivery.fingerprint)

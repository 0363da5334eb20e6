"""Legal holds: one small object for each application that must not be deleted."""

import json

from pydantic import ValidationError

from letterbox.archive import announcement
from letterbox.domain import keys
from letterbox.domain.application import Hold
from letterbox.domain.errors import EndedError
from letterbox.domain.ports import Expiry, ObjectStore


class StoredHolds:
    """The ``Holds`` port over an object store, and the ``expiry`` that it may have."""

    def __init__(self, store: ObjectStore, expiry: Expiry | None = None) -> None:
        self._store = store
        self._expiry = expiry

    def find(self, application_id: str) -> Hold | None:
        """Read a hold; one that cannot be read holds until it is released."""
        key = keys.hold(application_id)
        try:
            return Hold.model_validate_json(self._store.get(key))
        except FileNotFoundError:
            return None
        except ValidationError:
            placed_at = self._store.stat(key).modified
            return Hold(reason="its reason cannot be read", placed_at=placed_at)

    def place(self, application_id: str, hold: Hold) -> None:
        """
        Write the hold first: who packs or removes an archive meanwhile looks for it.

        EndedError where the archive is being removed, and it is too late for a hold.
        """
        body = {**hold.model_dump(mode="json"), "id": application_id}
        self._store.put(keys.hold(application_id), json.dumps(body).encode())
        if self._expiry:
            self._expiry.retain(keys.archive(application_id))
        try:
            announcement.withdraw(self._store, application_id)
        except EndedError:
            self.release(application_id)
            raise

    def release(self, application_id: str) -> None:
        """Remove the hold; an archive may expire again."""
        self._store.delete(keys.hold(application_id))
        if self._expiry:
            self._expiry.let_expire(keys.archive(application_id))

"""Markers in the store that lead from an address to a person's applications."""

from collections.abc import Iterable, Sequence

from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.errors import SettingsError
from letterbox.domain.ids import from_key_part, key_part
from letterbox.domain.ports import ObjectStore
from letterbox.domain.privacy import digests, earlier_digests, searched_digests


class StoredCandidates:
    """
    The ``Candidates`` port over an object store.

    The first of the digest keys writes, all find. Without any, nothing is marked.
    """

    def __init__(self, store: ObjectStore, digest_keys: Sequence[bytes]) -> None:
        self._store = store
        self._keys = digest_keys

    def mark(self, record: Application, others: Iterable[str] = ()) -> Application:
        """Write the markers, and return the record with their names in it."""
        addresses = [*_addresses(record), *others]
        first = self._keys[:1]
        written = {
            digest for at in addresses for key in first for digest in digests(at, key)
        }
        # What it knows is written again: a removal may have begun, and been withdrawn.
        markers = tuple(sorted(written.union(record.markers)))
        for digest in markers:
            self._store.put(keys.marker(digest, record.id), _content(record.id))
        return record.model_copy(update={"markers": markers})

    def unmark(self, record: Application) -> None:
        """Remove what the record knows, and what a mark cut short may have left."""
        known = {
            digest
            for address in _addresses(record)
            for key in self._keys
            for digest in digests(address, key) | earlier_digests(address, key)
        }
        for digest in known.union(record.markers):
            self._store.delete(keys.marker(digest, record.id))

    def find(self, address: str, *, widely: bool = True) -> Sequence[str]:
        """List a person's applications; SettingsError where there is no digest key."""
        if not self._keys:
            raise SettingsError(
                "LETTERBOX_DIGEST_KEY is not set: without it, no application can be "
                "found by email address"
            )
        looked_up = {
            digest
            for key in self._keys
            for digest in (
                searched_digests(address, key)
                if widely
                else digests(address, key) | earlier_digests(address, key)
            )
        }
        folders = [keys.candidate(digest) for digest in sorted(looked_up)]
        application_ids = (
            self._application_id(marker.key.removeprefix(folder), marker.key)
            for folder in folders
            for marker in self._store.list(folder)
        )
        return list(dict.fromkeys(filter(None, application_ids)))

    def unmark_by_scan(self, application_id: str) -> None:
        """Walk over all markers: slow, and needs neither record nor key."""
        part = key_part(application_id)
        for marker in self._store.list(keys.CANDIDATES):
            if marker.key.rpartition("/")[2] == part:
                self._store.delete(marker.key)

    def _application_id(self, part: str, marker: str) -> str | None:
        if not _is_part(part):
            return None  # Not a marker: a file manager's, or of another encoding.
        if (application_id := from_key_part(part)) is not None:
            return application_id
        try:
            application_id = self._store.get(marker).decode(errors="replace")
        except FileNotFoundError:
            return None  # Removed since it was listed.
        return application_id if key_part(application_id) == part else None


def _is_part(part: str) -> bool:
    """Return whether this may be the last part of a marker's key."""
    known = from_key_part(part)
    try:
        return known is None or (":" in known and key_part(known) == part)
    except UnicodeEncodeError:
        return False


def _addresses(record: Application) -> list[str]:
    return [email.address for email in record.candidate.emails]


def _content(application_id: str) -> bytes:
    """Leave a marker empty, unless its key is too short to hold the whole id."""
    is_whole = from_key_part(key_part(application_id)) is not None
    return b"" if is_whole else application_id.encode()

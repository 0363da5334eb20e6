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
        """Write the markers, and give the record that knows them all."""
        addresses = [*_addresses(record), *others]
        first = self._keys[:1]
        written = {one for at in addresses for key in first for one in digests(at, key)}
        # What it knows is written again: a removal may have begun, and been withdrawn.
        markers = tuple(sorted(written.union(record.markers)))
        for one in markers:
            self._store.put(keys.marker(one, record.id), _content(record.id))
        return record.model_copy(update={"markers": markers})

    def unmark(self, record: Application) -> None:
        """Remove what the record knows, and what a mark cut short may have left."""
        known = {
            one
            for address in _addresses(record)
            for key in self._keys
            for one in digests(address, key) | earlier_digests(address, key)
        }
        for one in known.union(record.markers):
            self._store.delete(keys.marker(one, record.id))

    def find(self, address: str, *, widely: bool = True) -> Sequence[str]:
        """Name a person's applications; SettingsError where there is no digest key."""
        if not self._keys:
            raise SettingsError(
                "LETTERBOX_DIGEST_KEY is not set: without it no application is found "
                "by its candidate's address"
            )
        looked_up = {
            one
            for key in self._keys
            for one in (
                searched_digests(address, key)
                if widely
                else digests(address, key) | earlier_digests(address, key)
            )
        }
        folders = [keys.candidate(one) for one in sorted(looked_up)]
        found = (
            self._application_id(marker.key.removeprefix(folder), marker.key)
            for folder in folders
            for marker in self._store.list(folder)
        )
        return list(dict.fromkeys(one for one in found if one is not None))

    def forget(self, application_id: str) -> None:
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
            told = self._store.get(marker).decode(errors="replace")
        except FileNotFoundError:
            return None  # Removed since it was listed.
        return told if key_part(told) == part else None


def _is_part(part: str) -> bool:
    """Tell whether an id may have been made this part of a key."""
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

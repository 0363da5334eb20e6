"""The store's objects, application by application, without holding them all."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from heapq import merge
from itertools import groupby

from letterbox.audit.facts import Found, StoredObjects, Workflows, traces_of
from letterbox.domain import keys
from letterbox.domain.ids import from_key_part, key_part
from letterbox.domain.key_owners import Place, folder_of, placed
from letterbox.domain.ports import ObjectStore, StoredObject

# An application is a folder here …
_FOLDERS = (keys.APPLICATIONS, keys.INBOX)
# … and a file there.
_FILES = (keys.ARCHIVE, keys.ERASED, keys.HOLDS)
_STALE = timedelta(hours=1)
_SHOW_EVERY = 100


@dataclass(slots=True)
class ObjectCounts:
    """What a first walk over all keys tells."""

    objects: int = 0
    applications: int = 0
    """About so many: those that are both open and archived count twice."""
    foreign: Counter[str] = field(default_factory=Counter)
    """By the folder they lie in."""
    probes: list[StoredObject] = field(default_factory=list)
    """Left by checks of the store that were cut short."""


def count(
    store: ObjectStore, now: datetime, show: Callable[[str, int, int | None], None]
) -> ObjectCounts:
    """Count everything, and single out what is not ours."""
    census = ObjectCounts()
    for stored in store.list(""):
        if stored.key == keys.LAST_AUDIT:
            continue  # Its own, of the last time.
        census.objects += 1
        if census.objects % _SHOW_EVERY == 0:
            show("objects", census.objects, None)
        found = placed(stored.key)
        if found is None:
            census.foreign[folder_of(stored.key)] += 1
        elif found.place is Place.PROBE and stored.modified + _STALE < now:
            census.probes.append(stored)
        elif found.place in {Place.RECORD, Place.ARCHIVE, Place.TOMBSTONE}:
            census.applications += 1
    return census


def walk(store: ObjectStore) -> Iterator[StoredObjects]:
    """Group all objects but the markers, in one pass over lists that are sorted."""
    streams = [
        *(_found(store, folder) for folder in _FOLDERS),
        *(_as_folders(_found(store, folder)) for folder in _FILES),
    ]
    merged = merge(*streams, key=_order)
    for part, found in groupby(merged, lambda one: one[0].part):
        yield traces_of(part, found)


def markers(store: ObjectStore) -> Iterator[Found]:
    """Walk the markers, which lie by person and not by application."""
    return _found(store, keys.CANDIDATES)


def _found(store: ObjectStore, folder: str) -> Iterator[Found]:
    for stored in store.list(folder):
        if one := placed(stored.key):
            yield one, stored


def _order(found: Found) -> str:
    return f"{found[0].part}/"


def _as_folders(files: Iterable[Found]) -> Iterator[Found]:
    """
    Order files as if they were folders.

    ``a.zip`` comes before ``a.b.zip`` or after it, as the suffix will have it; the
    folder ``a/`` always comes after ``a.b/``.
    """
    held: list[Found] = []
    for found in files:
        while held and not found[0].part.startswith(f"{held[-1][0].part}."):
            yield held.pop()
        held.append(found)
    yield from reversed(held)


class _Parts:
    """A set of names that first grows, and then is asked; sorted in between."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, part: str) -> None:
        """Remember a name, once."""
        self._digests.append(_digest(part))
        self._is_sorted = False

    def __contains__(self, part: str) -> bool:
        if not self._is_sorted:
            self._digests = array("Q", sorted(self._digests))
            self._is_sorted = True
        digest = _digest(part)
        at = bisect_left(self._digests, digest)
        return at < len(self._digests) and self._digests[at] == digest


class SeenApplications:
    """Names what is to be looked at, by what the walks before have met."""

    def __init__(self, store: ObjectStore, workflows: Workflows) -> None:
        self._store = store
        self._workflows = workflows
        self._open = _Parts()
        self._met = _Parts()
        self._kept = _Parts()
        self._buried = _Parts()
        self.overlong: dict[str, str] = {}
        """Ids of open workflows that their keys do not tell."""

    def list_open(self) -> int:
        """Learn which workflows are open."""
        for application_id in self._workflows.open():
            part = key_part(application_id)
            self._open.add(part)
            if from_key_part(part) is None:
                self.overlong[part] = application_id
        return len(self._open)

    def walk(self) -> Iterator[tuple[StoredObjects, bool]]:
        """Walk the store; tell of each application whether its workflow is open."""
        for traces in walk(self._store):
            self._met.add(traces.part)
            if traces.tombstone:
                self._buried.add(traces.part)
            elif traces.is_kept:
                self._kept.add(traces.part)
            yield traces, traces.part in self._open

    def unmet(self) -> Iterator[str]:
        """Name what Temporal knows, and the walk has not found."""
        # Listed anew: to hold all the ids meanwhile would cost more than that.
        for application_id in self._workflows.open():
            if key_part(application_id) not in self._met:
                yield application_id
        for application_id in self._workflows.archived():
            part = key_part(application_id)
            if part not in self._kept and part not in self._buried:
                yield application_id

    def stray_markers(self) -> Iterator[Found]:
        """Find the markers of what is neither open nor archived."""
        for marker in markers(self._store):
            if marker[0].part not in self._kept:
                yield marker


def _digest(part: str) -> int:
    return int.from_bytes(blake2b(part.encode(), digest_size=8).digest(), "big")

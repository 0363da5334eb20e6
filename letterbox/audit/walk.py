"""
Walks the store and Temporal's lists, application by application.

There may be millions: no more than a digest of each id is held in memory, and what
waits in the inbox, which lies there in another order.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from heapq import merge
from itertools import groupby

from letterbox.audit.facts import (
    PlacedObject,
    StoredObjects,
    Workflows,
    stored_objects_of,
)
from letterbox.domain import keys
from letterbox.domain.ids import from_key_part, key_part
from letterbox.domain.key_owners import Place, folder_of, placed
from letterbox.domain.ports import ObjectStore, StoredObject

# An application is a file there.
_FILES = (keys.ARCHIVE, keys.ERASED, keys.HOLDS)
_STALE = timedelta(hours=1)
_SHOW_EVERY = 100

ShowProgress = Callable[[str, int, int | None], None]
"""Takes a stage, how much of it is done, and how much there is if that is known."""


@dataclass(slots=True)
class ObjectCounts:
    """What a first walk over all keys has counted."""

    objects: int = 0
    applications: int = 0
    """An estimate: those that are both open and archived count twice."""
    foreign: Counter[str] = field(default_factory=Counter)
    """Objects that are not ours, by the folder they lie in."""
    probes: list[StoredObject] = field(default_factory=list)
    """Objects left by checks of the store that were cut short."""


def count_objects(
    store: ObjectStore, now: datetime, show: ShowProgress
) -> ObjectCounts:
    """Count everything, and note what is not ours."""
    counts = ObjectCounts()
    for stored in store.list(""):
        if stored.key == keys.LAST_AUDIT:
            continue  # The audit's own, of the last time.
        counts.objects += 1
        if counts.objects % _SHOW_EVERY == 0:
            show("objects", counts.objects, None)
        location = placed(stored.key)
        if location is None:
            counts.foreign[folder_of(stored.key)] += 1
        elif location.place is Place.PROBE and stored.modified + _STALE < now:
            counts.probes.append(stored)
        elif location.place in {Place.RECORD, Place.ARCHIVE, Place.TOMBSTONE}:
            counts.applications += 1
    return counts


def foreign_objects(store: ObjectStore) -> Iterator[StoredObject]:
    """
    Yield the objects that are not ours, by their names, which may be a person's.

    So no report has them: they are for whoever looks at the store.
    """
    for stored in store.list(""):
        if stored.key != keys.LAST_AUDIT and placed(stored.key) is None:
            yield stored


def walk(store: ObjectStore) -> Iterator[StoredObjects]:
    """Group all objects but the markers, in one pass over lists that are sorted."""
    streams = [
        _list(store, keys.APPLICATIONS),
        sorted(_list(store, keys.INBOX), key=_in_folders),
        *(_as_folders(_list(store, folder)) for folder in _FILES),
    ]
    merged = merge(*streams, key=_in_folders)
    for part, placed_objects in groupby(merged, lambda item: item[0].part):
        yield stored_objects_of(part, placed_objects)


def _list(store: ObjectStore, folder: str) -> Iterator[PlacedObject]:
    for stored in store.list(folder):
        if location := placed(stored.key):
            yield location, stored


def _in_folders(item: PlacedObject) -> str:
    """Sort as the folders of the applications are."""
    return f"{item[0].part}/"


def _as_folders(files: Iterable[PlacedObject]) -> Iterator[PlacedObject]:
    """
    Order files as if they were folders.

    ``a.zip`` comes before ``a.b.zip`` or after it, depending on the suffix; the
    folder ``a/`` always comes after ``a.b/``.
    """
    pending: list[PlacedObject] = []
    for file in files:
        while pending and not file[0].part.startswith(f"{pending[-1][0].part}."):
            yield pending.pop()
        pending.append(file)
    yield from reversed(pending)


class _KeyPartSet:
    """A set of key parts, eight bytes each; it is sorted when it is first searched."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, part: str) -> None:
        """Add a key part; each is added once."""
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
    """Lists what is to be looked at, and remembers what the walk has seen."""

    def __init__(self, store: ObjectStore, workflows: Workflows) -> None:
        self._store = store
        self._workflows = workflows
        self._open = _KeyPartSet()
        self._walked = _KeyPartSet()
        self._present = _KeyPartSet()
        self._erased = _KeyPartSet()
        self.overlong: dict[str, str] = {}
        """Ids of open workflows, by their key parts, where those are digests."""

    def list_open(self) -> int:
        """List the open workflows, and return how many there are."""
        for application_id in self._workflows.open():
            part = key_part(application_id)
            self._open.add(part)
            if from_key_part(part) is None:
                self.overlong[part] = application_id
        return len(self._open)

    def walk(self) -> Iterator[tuple[StoredObjects, bool]]:
        """Walk the store; yield with each application whether its workflow is open."""
        for objects in walk(self._store):
            self._walked.add(objects.part)
            if objects.tombstone:
                self._erased.add(objects.part)
            elif objects.is_present:
                self._present.add(objects.part)
            yield objects, objects.part in self._open

    def without_objects(self) -> Iterator[str]:
        """Yield the ids that Temporal knows and the walk has not found."""
        # Listed again: to hold all the ids meanwhile would cost more than that.
        for application_id in self._workflows.open():
            if key_part(application_id) not in self._walked:
                yield application_id
        for application_id in self._workflows.archived():
            part = key_part(application_id)
            if part not in self._present and part not in self._erased:
                yield application_id

    def stray_markers(self) -> Iterator[PlacedObject]:
        """Yield the markers of what is neither waiting, open nor archived."""
        # They lie by person and not by application.
        for marker in _list(self._store, keys.CANDIDATES):
            if marker[0].part not in self._present:
                yield marker


def _digest(part: str) -> int:
    return int.from_bytes(blake2b(part.encode(), digest_size=8).digest(), "big")

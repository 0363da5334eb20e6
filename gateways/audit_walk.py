"""The store's objects, application by application, without holding them all."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby

from letterbox.audit.facts import Found, StoredObjects, traces_of
from letterbox.domain import keys
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

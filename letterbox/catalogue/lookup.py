"""Which positions there are, read from the store with a short memory."""

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from letterbox.catalogue.lessons import Lesson, StoredLessons
from letterbox.domain import keys
from letterbox.domain.catalogue_status import CatalogueStatus
from letterbox.domain.errors import DamagedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, ReferenceKind, normalise
from letterbox.parallel import in_parallel
from letterbox.storage.objects import exists, listed_keys

_FRESH_FOR = timedelta(seconds=2)
_ENTRIES = 4096
_READERS = 8

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Pointer(BaseModel):
    """What an alias leads to; the reference is normalised."""

    model_config = ConfigDict(frozen=True)

    reference: str
    hirer: str | None = None
    variant: str = ""


class StoredCatalogue:
    """
    Finds positions by their names. Many threads may share one.

    What was found, and what was not, is remembered for ``fresh_for``: then a change
    by any process is seen.
    """

    def __init__(
        self,
        store: ObjectStore,
        fresh_for: timedelta = _FRESH_FOR,
        *,
        entries: int = _ENTRIES,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._now = now
        self._found = _Memory[tuple[ReferenceKind, str], tuple[Position, ...]](
            fresh_for, entries, monotonic
        )
        self._lessons = _Memory[tuple[ReferenceKind, str], Lesson | None](
            fresh_for, entries, monotonic
        )
        self._imported = _Memory[str, bool](fresh_for, 1, monotonic)
        self._status = _Memory[str, CatalogueStatus](fresh_for, 1, monotonic)

    def imported(self) -> bool:
        """Return whether an import was ever finished."""
        return self._imported.recall(
            keys.CATALOGUE, lambda: exists(self._store, keys.CATALOGUE)
        )

    def is_whole(self) -> bool:
        """Return whether what is not here is surely not advertised."""
        return self.status().is_whole(self._now())

    def status(self) -> CatalogueStatus:
        """Return what is known of the imports."""
        return self._status.recall(
            keys.CATALOGUE_STATUS, lambda: load_status(self._store)
        )

    def find(self, kind: ReferenceKind, reference: str) -> tuple[Position, ...]:
        """
        Find every position that goes by this name, of any hirer and status.

        Of each hirer those of this very spelling; where there are none, those that
        differ in case.
        """
        name = normalise(reference)
        if not name:
            return ()
        positions = self._found.recall((kind, name), lambda: self._read(kind, name))
        return tuple(exactly(positions, kind, reference)) or self._learned(kind, name)

    def _learned(self, kind: ReferenceKind, name: str) -> tuple[Position, ...]:
        """Find what a board has told that its id stands for."""
        if kind not in {ReferenceKind.PROFILE, ReferenceKind.OPENING}:
            return ()
        lesson = self._lessons.recall(
            (kind, name), lambda: StoredLessons(self._store).find(kind, name)
        )
        positions = (
            self.find(ReferenceKind.REFERENCE, lesson.reference) if lesson else ()
        )
        return tuple(
            position
            for position in positions
            if lesson and (position.hirer or lesson.hirer) == lesson.hirer
        )

    def _read(self, kind: ReferenceKind, name: str) -> tuple[Position, ...]:
        if kind is ReferenceKind.REFERENCE:
            return tuple(load_all(self._store, name))
        pointed_to = (
            load(
                self._store,
                keys.position(pointer.reference, pointer.hirer, pointer.variant),
            )
            for pointer in self._pointers(kind, name)
        )
        # A crash may leave a pointer to a position that dropped the name.
        return tuple(
            position
            for position in pointed_to
            if position and name in position.names(kind)
        )

    def _pointers(self, kind: ReferenceKind, name: str) -> Iterator[Pointer]:
        for key in listed_keys(self._store, keys.aliases(kind, name)):
            if pointer := _read_model(self._store, key, Pointer):
                yield pointer


def exactly(
    positions: Sequence[Position], kind: ReferenceKind, reference: str
) -> list[Position]:
    """Choose those that are spelled so, case included, where their hirer has any."""
    exact = [position for position in positions if position.is_spelled(kind, reference)]
    hirers = {position.hirer for position in exact}
    return exact + [position for position in positions if position.hirer not in hirers]


class _Memory(Generic[Key, Value]):
    """Remembers what was read for a while, the latest ``entries`` of it."""

    def __init__(
        self, fresh_for: timedelta, entries: int, monotonic: Callable[[], float]
    ) -> None:
        self._fresh_for = fresh_for.total_seconds()
        self._entries = entries
        self._monotonic = monotonic
        self._known: dict[Key, tuple[float, Value]] = {}
        self._lock = Lock()

    def recall(self, key: Key, read: Callable[[], Value]) -> Value:
        """Return what is remembered; read it anew where it is too old."""
        # From before the reading: what changes meanwhile may not be in it.
        asked_at = self._monotonic()
        with self._lock:
            known = self._known.get(key)
        if known and asked_at - known[0] < self._fresh_for:
            return known[1]
        value = read()
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = asked_at, value
            if len(self._known) > self._entries:
                del self._known[next(iter(self._known))]
        return value


def load(store: ObjectStore, key: str) -> Position | None:
    """Read one position; None where there is none."""
    try:
        return Position.stored(store.get(key))
    except FileNotFoundError:
        return None
    except ValidationError:
        raise _damaged(key) from None


def load_status(store: ObjectStore) -> CatalogueStatus:
    """Read what is known of the imports: nothing where none was noted."""
    status = _read_model(store, keys.CATALOGUE_STATUS, CatalogueStatus)
    return status or CatalogueStatus()


def load_all(store: ObjectStore, name: str) -> Iterator[Position]:
    """Read the positions that share a normalised reference."""
    for key in listed_keys(store, keys.positions(name)):
        if position := load(store, key):
            yield position


def load_every(store: ObjectStore) -> Iterator[Position]:
    """Read all positions, those that were removed too, in the order of their keys."""
    listed = listed_keys(store, keys.POSITIONS)
    with ThreadPoolExecutor(_READERS) as pool:
        positions = in_parallel(pool, partial(load, store), listed, ahead=4 * _READERS)
        yield from (position for position in positions if position)


_Model = TypeVar("_Model", bound=BaseModel)


def _read_model(store: ObjectStore, key: str, model: type[_Model]) -> _Model | None:
    try:
        return model.model_validate_json(store.get(key))
    except FileNotFoundError:
        return None
    except ValidationError:
        raise _damaged(key) from None


def _damaged(key: str) -> DamagedError:
    # Not ours to judge by: callers treat it as a catalogue they cannot read.
    return DamagedError(f"{key} cannot be understood")

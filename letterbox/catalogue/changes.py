"""Change the catalogue of positions, one position at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from letterbox.catalogue.lookup import Pointer, exactly, load_all
from letterbox.domain import keys
from letterbox.domain.errors import NotFoundError, RefusedError, StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, ReferenceKind, normalise, spelled
from letterbox.storage.objects import exists

_MAX_ATTEMPTS = 100
_ALIASES = (ReferenceKind.PROFILE, ReferenceKind.OPENING, ReferenceKind.OTHER)


class CatalogueMark(BaseModel):
    """The latest import; its presence says that there was one."""

    imported_at: datetime
    positions: int
    source: str


class CatalogueWriter:
    """
    What a person or the ATS does to a position, by its reference.

    ``hirer`` None is whichever there is; where several hirers share the reference
    one must be named, and the empty string names the position of no hirer.
    """

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._now = now

    def get(
        self,
        reference: str,
        hirer: str | None = None,
        visible: Callable[[Position], bool] = lambda _: True,
    ) -> Position:
        """
        Read one position (NotFoundError; RefusedError where it is ambiguous).

        Those that are not ``visible`` count as if they were not there.
        """
        name = normalise(reference)
        matches = [
            position
            for position in (load_all(self._store, name) if name else ())
            if hirer in {None, position.hirer or ""} and visible(position)
        ]
        if not matches:
            raise NotFoundError("no such position in the catalogue")
        matches = exactly(matches, ReferenceKind.REFERENCE, reference)
        if len({position.hirer for position in matches}) == 1 < len(matches):
            spellings = ", ".join(sorted(repr(match.reference) for match in matches))
            raise RefusedError(f"several positions differ in case alone: {spellings}")
        if len(matches) > 1:
            hirers = ", ".join(repr(position.hirer or "") for position in matches)
            raise RefusedError(
                f"several hirers have this position: {hirers}; "
                "name one by `hirer` (?hirer= or --hirer), which is empty for the one "
                "without a hirer"
            )
        return matches[0]

    def put(self, position: Position) -> None:
        """Write a position over an earlier one."""
        change(self._store, position.reference, position.hirer, lambda _: position)

    def close(self, reference: str, hirer: str | None = None) -> Position:
        """Close a position, whatever a feed says."""
        return self._change(
            reference, hirer, lambda position: position.closed(self._now())
        )

    def open(self, reference: str, hirer: str | None = None) -> Position:
        """Open a position, until a feed or a person closes it."""
        return self._change(reference, hirer, Position.opened)

    def remove(self, reference: str, hirer: str | None = None) -> Position:
        """Remove a position, until a feed brings it again."""
        return self._change(reference, hirer, Position.removed)

    def _change(
        self, reference: str, hirer: str | None, decide: Callable[[Position], Position]
    ) -> Position:
        known = self.get(reference, hirer)
        _, after = change(
            self._store,
            known.reference,
            known.hirer,
            lambda latest: decide(latest or known),
        )
        return after


Decided = TypeVar("Decided", bound=Position | None)


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """A position as it lies in the store; None where it is new, or damaged."""

    key: str
    variant: str
    position: Position | None
    version: str | None


def _look_up(store: ObjectStore, reference: str, hirer: str | None) -> StoredPosition:
    """
    Find the place of one position.

    References that differ in case are two positions. The first to come has the place
    of both, as before they were told apart; the other has one of its own.
    """
    name = normalise(reference)
    stored = _read(store, keys.position(name, hirer), "")
    if stored.position is None or stored.position.is_spelled(
        ReferenceKind.REFERENCE, reference
    ):
        return stored
    variant = sha256(spelled(reference).encode()).hexdigest()[:16]
    return _read(store, keys.position(name, hirer, variant), variant)


def change(
    store: ObjectStore,
    reference: str,
    hirer: str | None,
    decide: Callable[[Position | None], Decided],
) -> tuple[StoredPosition, Decided]:
    """
    Change one position, whoever else is at it: what they wrote is looked at again.

    Return what it was and is; None from ``decide`` changes nothing. Raises
    StoreUnavailableError where it is changed again and again.
    """
    for _ in range(_MAX_ATTEMPTS):
        stored = _look_up(store, reference, hirer)
        after = decide(stored.position)
        if after is None or after == stored.position or _write(store, after, stored):
            return stored, after
    raise StoreUnavailableError("a position keeps changing: try again")


def document(position: Position) -> bytes:
    """Return the JSON of a position, without defaults: an older release can read it."""
    return position.model_dump_json(exclude_defaults=True).encode()


def _write(store: ObjectStore, position: Position, stored: StoredPosition) -> bool:
    """
    Write a position and the pointers to it; False where it was changed meanwhile.

    In this order, a crash leaves at worst pointers that readers pass over, and a
    document that is as it should be has all its pointers.
    """
    pointers = _pointers(position, stored.variant)
    before = _pointers(stored.position, stored.variant)
    pointer = Pointer(
        reference=normalise(position.reference),
        hirer=position.hirer,
        variant=stored.variant,
    )
    body = pointer.model_dump_json(exclude_defaults=True).encode()
    for key in pointers:
        store.put(key, body)
    if not store.replace(stored.key, document(position), stored.version):
        return False
    for stale in before - pointers:
        store.delete(stale)
    # Another may write at the same time: what it needs is not to be missing, whether
    # it was deleted here, or there after it was put here.
    if before - pointers:
        latest = _read(store, stored.key, stored.variant)
        for key in (before - pointers) & _pointers(latest.position, stored.variant):
            store.put(key, body)
    if stored.position:
        for key in pointers - before:
            if not exists(store, key):
                store.put(key, body)
    return True


def _read(store: ObjectStore, key: str, variant: str) -> StoredPosition:
    try:
        body, version = store.get_version(key)
    except FileNotFoundError:
        return StoredPosition(key, variant, None, None)
    try:
        return StoredPosition(key, variant, Position.stored(body), version)
    except ValidationError:
        # Nobody can tell what it was: what is known now takes its place.
        return StoredPosition(key, variant, None, version)


def mark(store: ObjectStore, now: datetime, *, positions: int, source: str) -> None:
    """Note that an import has brought the catalogue in line with a feed."""
    latest = CatalogueMark(imported_at=now, positions=positions, source=source)
    store.put(keys.CATALOGUE, latest.model_dump_json().encode())


def _pointers(position: Position | None, variant: str) -> frozenset[str]:
    if position is None:
        return frozenset()
    reference = normalise(position.reference)
    return frozenset(
        keys.alias(kind, name, reference, position.hirer, variant)
        for kind in _ALIASES
        for name in position.names(kind)
    )

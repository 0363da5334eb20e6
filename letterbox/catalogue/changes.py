"""Change the catalogue of positions, one position at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from pydantic import BaseModel, ValidationError

from letterbox.catalogue.lookup import Pointer, exactly, load_all
from letterbox.domain import keys
from letterbox.domain.errors import NotFoundError, RefusedError, StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, ReferenceKind, normalise, spelled
from letterbox.storage.objects import exists

TRIES = 100
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

    def get(self, reference: str, hirer: str | None = None) -> Position:
        """Read one position (NotFoundError; RefusedError where it is ambiguous)."""
        name = normalise(reference)
        named = [
            position
            for position in (load_all(self._store, name) if name else ())
            if hirer is None or hirer == (position.hirer or "")
        ]
        if not named:
            raise NotFoundError("no such position in the catalogue")
        named = exactly(named, ReferenceKind.REFERENCE, reference)
        if len({position.hirer for position in named}) == 1 < len(named):
            spellings = ", ".join(sorted(repr(one.reference) for one in named))
            raise RefusedError(f"several positions differ in case alone: {spellings}")
        if len(named) > 1:
            hirers = ", ".join(repr(position.hirer or "") for position in named)
            raise RefusedError(
                f"several hirers have this position: {hirers}; "
                "name one with --hirer or ?hirer= ('' is the one without a hirer)"
            )
        return named[0]

    def put(self, position: Position) -> None:
        """Write a position as it is given, over an earlier one."""
        change(self._store, position.reference, position.hirer, lambda _: position)

    def close(self, reference: str, hirer: str | None = None) -> Position:
        """Take no more applications, whatever a feed says."""
        return self._change(reference, hirer, lambda it: it.closed(self._now()))

    def open(self, reference: str, hirer: str | None = None) -> Position:
        """Take applications, until a feed or a person says otherwise."""
        return self._change(reference, hirer, Position.opened)

    def remove(self, reference: str, hirer: str | None = None) -> Position:
        """Treat the position as gone, until a feed brings it again."""
        return self._change(reference, hirer, Position.removed)

    def _change(
        self,
        reference: str,
        hirer: str | None,
        decide: Callable[[Position], Position],
    ) -> Position:
        found = self.get(reference, hirer)
        return change(
            self._store, found.reference, found.hirer, lambda now: decide(now or found)
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A position as it lies in the store; None where it is new, or damaged."""

    key: str
    variant: str
    position: Position | None
    version: str | None


def look_up(store: ObjectStore, reference: str, hirer: str | None) -> Held:
    """
    Find the place of one position.

    References that differ in case are two positions. The first to come has the place
    of both, as before they were told apart; the other has one of its own.
    """
    name = normalise(reference)
    held = _held(store, keys.position(name, hirer), "")
    if held.position is None or held.position.is_spelled(
        ReferenceKind.REFERENCE, reference
    ):
        return held
    variant = sha256(spelled(reference).encode()).hexdigest()[:16]
    return _held(store, keys.position(name, hirer, variant), variant)


def change(
    store: ObjectStore,
    reference: str,
    hirer: str | None,
    decide: Callable[[Position | None], Position],
) -> Position:
    """
    Change one position, whoever else is at it: what they wrote is looked at again.

    Raises StoreUnavailableError where it is changed again and again.
    """
    for _ in range(TRIES):
        held = look_up(store, reference, hirer)
        after = decide(held.position)
        if after == held.position or write(store, after, held):
            return after
    raise StoreUnavailableError("a position is changed again and again")


def document(position: Position) -> bytes:
    """Spell a position without defaults, so that an older release can read it."""
    return position.model_dump_json(exclude_defaults=True).encode()


def write(store: ObjectStore, position: Position, held: Held) -> bool:
    """
    Write a position and the pointers to it; False where it was changed meanwhile.

    In this order, a crash leaves at worst pointers that readers pass over, and a
    document that is as it should be has all its pointers.
    """
    pointers = _pointers(position, held.variant)
    before = _pointers(held.position, held.variant)
    pointer = Pointer(
        reference=normalise(position.reference),
        hirer=position.hirer,
        variant=held.variant,
    )
    body = pointer.model_dump_json(exclude_defaults=True).encode()
    for key in pointers:
        store.put(key, body)
    if not store.replace(held.key, document(position), held.version):
        return False
    for stale in before - pointers:
        store.delete(stale)
    # Another may write at the same time: what it needs is not to be missing, whether
    # it was deleted here, or there after it was put here.
    if before - pointers:
        now = _held(store, held.key, held.variant)
        for key in (before - pointers) & _pointers(now.position, held.variant):
            store.put(key, body)
    if held.position:
        for key in pointers - before:
            if not exists(store, key):
                store.put(key, body)
    return True


def _held(store: ObjectStore, key: str, variant: str) -> Held:
    try:
        body, version = store.get_version(key)
    except FileNotFoundError:
        return Held(key, variant, None, None)
    try:
        return Held(key, variant, Position.stored(body), version)
    except ValidationError:
        # Nobody can tell what it was: what is known now takes its place.
        return Held(key, variant, None, version)


def mark(store: ObjectStore, now: datetime, *, positions: int, source: str) -> None:
    """Say that an import has brought the catalogue in line with a feed."""
    said = CatalogueMark(imported_at=now, positions=positions, source=source)
    store.put(keys.CATALOGUE, said.model_dump_json().encode())


def _pointers(position: Position | None, variant: str) -> frozenset[str]:
    if position is None:
        return frozenset()
    reference = normalise(position.reference)
    return frozenset(
        keys.alias(kind, name, reference, position.hirer, variant)
        for kind in _ALIASES
        for name in position.names(kind)
    )

"""Change the catalogue of positions, one position at a time."""

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import BaseModel

from domain import keys
from domain.errors import NotFoundError, RefusedError
from domain.ports import ObjectStore
from domain.positions import Position, ReferenceKind, normalise
from gateways.catalogue import Pointer, load, load_all
from gateways.objects import exists

_ALIASES = (ReferenceKind.PROFILE, ReferenceKind.OPENING, ReferenceKind.OTHER)


class CatalogueMark(BaseModel):
    """The latest import; its presence says that there is a catalogue."""

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
        if len(named) > 1:
            hirers = ", ".join(repr(position.hirer or "") for position in named)
            raise RefusedError(
                f"several hirers have this position: {hirers}; "
                "name one with --hirer or ?hirer= ('' is the one without a hirer)"
            )
        return named[0]

    def put(self, position: Position) -> None:
        """Write a position as it is given, over an earlier one."""
        write(self._store, position, load(self._store, key_of(position)))
        if not exists(self._store, keys.CATALOGUE):
            mark(self._store, self._now(), positions=1, source="by hand")

    def close(self, reference: str, hirer: str | None = None) -> Position:
        """Take no more applications, whatever a feed says."""
        return self._change(
            self.get(reference, hirer), lambda it: it.closed(self._now())
        )

    def open(self, reference: str, hirer: str | None = None) -> Position:
        """Take applications, until a feed or a person says otherwise."""
        return self._change(self.get(reference, hirer), Position.opened)

    def remove(self, reference: str, hirer: str | None = None) -> Position:
        """Treat the position as gone, until a feed brings it again."""
        return self._change(self.get(reference, hirer), Position.removed)

    def _change(
        self, before: Position, change: Callable[[Position], Position]
    ) -> Position:
        after = change(before)
        write(self._store, after, before)
        return after


def key_of(position: Position) -> str:
    """Tell where a position's document lies."""
    return keys.position(normalise(position.reference), position.hirer)


def document(position: Position) -> bytes:
    """Spell a position without defaults, so that an older release can read it."""
    return position.model_dump_json(exclude_defaults=True).encode()


def write(store: ObjectStore, position: Position, before: Position | None) -> None:
    """
    Write a position and the pointers to it.

    In this order, a crash leaves at worst pointers that readers pass over, and a
    document that is as it should be has all its pointers.
    """
    pointers = _pointers(position)
    pointer = Pointer(reference=normalise(position.reference), hirer=position.hirer)
    for key in pointers:
        store.put(key, pointer.model_dump_json().encode())
    store.put(key_of(position), document(position))
    for stale in (_pointers(before) if before else frozenset()) - pointers:
        store.delete(stale)


def mark(store: ObjectStore, now: datetime, *, positions: int, source: str) -> None:
    """Say that there is a catalogue, so that what is not in it is unknown."""
    said = CatalogueMark(imported_at=now, positions=positions, source=source)
    store.put(keys.CATALOGUE, said.model_dump_json().encode())


def _pointers(position: Position) -> frozenset[str]:
    reference = normalise(position.reference)
    return frozenset(
        keys.alias(kind, name, reference, position.hirer)
        for kind in _ALIASES
        for name in position.names(kind)
    )

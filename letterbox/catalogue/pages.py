"""The catalogue, a page at a time, in the order of its keys."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import dropwhile, islice

from letterbox.catalogue.lookup import load
from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.storage.objects import listed_keys

_READERS = 8
# Whoever asks waits for it: a filter may pass over many.
_MAX_READ = 1000


def page_of_positions(
    store: ObjectStore, matches: Callable[[Position], bool], limit: int, after: str
) -> tuple[list[Position], str | None]:
    """
    Read the positions behind a key that match, and the last key that was looked at.

    None at the end. What cannot be read is passed over: an import writes it anew.
    """
    listed = dropwhile(lambda key: key <= after, listed_keys(store, keys.POSITIONS))
    found: list[Position] = []
    read, last = 0, after
    with ThreadPoolExecutor(_READERS) as pool:
        while batch := list(islice(listed, min(limit, _MAX_READ - read))):
            loaded = pool.map(partial(_readable, store), batch)
            for key, position in zip(batch, loaded, strict=True):
                read, last = read + 1, key
                if position and matches(position):
                    found.append(position)
                if len(found) == limit:
                    return found, last
            if read >= _MAX_READ:
                return found, last
    return found, None


def _readable(store: ObjectStore, key: str) -> Position | None:
    try:
        return load(store, key)
    except DamagedError:
        return None

"""A whole feed on disk: read to its end and checked before anything is written."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from domain.errors import MalformedError
from domain.positions import Position, PositionStatus, normalise
from gateways.catalogue_writer import document, key_of
from gateways.feeds import Feed


class FeedSpool:
    """
    The positions that a feed tells, one a key, and what must be known of them all.

    Only keys are held in memory: a feed may be of any size.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lines: dict[str, int] = {}
        self._removed: set[str] = set()
        self.hirers: set[str | None] = set()
        self.repeated = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, key: str) -> bool:
        return key in self._lines

    def fill(self, feed: Feed, hirer: str | None, read: Callable[[int], None]) -> None:
        """
        Read the feed whole (MalformedError); ``hirer`` is for who names none.

        A position named twice is an error, unless the feed is of a kind that repeats.
        """
        for line, told in enumerate(feed.positions):
            position = told if told.hirer else told.model_copy(update={"hirer": hirer})
            key = key_of(position)
            if key in self._lines:
                if not feed.repeats:
                    name = normalise(position.reference)
                    raise MalformedError(f"entry {line + 1}: {name} is there twice")
                self.repeated += 1
            self._lines[key] = line
            self._note(key, position)
            self._file.write(document(position) + b"\n")
            read(line + 1)

    def _note(self, key: str, position: Position) -> None:
        self.hirers.add(position.hirer)
        self._removed.discard(key)
        if position.status is PositionStatus.REMOVED:
            self._removed.add(key)

    def removes(self, key: str) -> bool:
        """Tell whether the feed itself says that a position is removed."""
        return key in self._removed

    def __iter__(self) -> Iterator[Position]:
        self._file.seek(0)
        for line, body in enumerate(self._file):
            position = Position.model_validate_json(body)
            # Of a position that is told more than once, the last line counts.
            if self._lines[key_of(position)] == line:
                yield position

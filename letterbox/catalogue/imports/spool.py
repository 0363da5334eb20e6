"""A whole feed on disk: read to its end and checked before anything is written."""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import BinaryIO

from letterbox.catalogue.changes import document
from letterbox.catalogue.feeds.findings import Findings
from letterbox.catalogue.feeds.read import Feed
from letterbox.domain.positions import Position, PositionStatus, normalise, spelled

_RANK = (PositionStatus.OPEN, PositionStatus.CLOSED, PositionStatus.REMOVED)


class FeedSpool:
    """
    The positions of a feed, each once, and what must be known of them all.

    Only digests of their names are held in memory: a feed may be of any size.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lines: dict[bytes, int] = {}
        self._folded: set[bytes] = set()
        # Of those that are not open.
        self._status: dict[bytes, PositionStatus] = {}
        self.hirers: set[str | None] = set()
        self.repeated = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, identity: bytes) -> bool:
        return identity in self._lines

    def fill(self, feed: Feed, hirer: str | None, read: Callable[[int], None]) -> None:
        """
        Read the feed whole (MalformedError); ``hirer`` is for positions that name none.

        Of a position that is named twice the last counts; in a list that is not to
        repeat, the one that is more open.
        """
        for line, entry in enumerate(feed.positions):
            position = entry.model_copy(update={"hirer": entry.hirer or hirer})
            self._take(line, position, feed)
            self._file.write(document(position) + b"\n")
            read(line + 1)

    def _take(self, line: int, position: Position, feed: Feed) -> None:
        identity = identity_of(position)
        self.hirers.add(position.hirer)
        if identity in self._lines:
            self.repeated += 1
            if not feed.repeats:
                reason = f"entry {line + 1} is given twice"
                feed.findings.mend(reason, line + 1, position.reference)
                if _RANK.index(position.status) > _RANK.index(self.status(identity)):
                    return
        else:
            self._see_collision(identity, line, position, feed.findings)
        self._lines[identity] = line
        self._status.pop(identity, None)
        if position.status is not PositionStatus.OPEN:
            self._status[identity] = position.status

    def _see_collision(
        self, identity: bytes, line: int, position: Position, findings: Findings
    ) -> None:
        folded = _digest(normalise(position.reference), position.hirer)
        if folded in self._folded or folded in self._lines:
            reason = "another position differs only in case: they stay two"
            findings.note(reason, line + 1, position.reference)
        # What has no case is among the lines; most references have none.
        if folded != identity:
            self._folded.add(folded)

    def status(self, identity: bytes) -> PositionStatus:
        """Return the status of a position of the feed."""
        return self._status.get(identity, PositionStatus.OPEN)

    def removes(self, identity: bytes) -> bool:
        """Return whether the feed itself says that a position is removed."""
        return self._status.get(identity) is PositionStatus.REMOVED

    def __iter__(self) -> Iterator[Position]:
        self._file.seek(0)
        for line, body in enumerate(self._file):
            position = Position.model_validate_json(body)
            if self._lines[identity_of(position)] == line:
                yield position


def identity_of(position: Position) -> bytes:
    """Return a digest of a position's reference and hirer."""
    return _digest(spelled(position.reference), position.hirer)


def _digest(reference: str, hirer: str | None) -> bytes:
    owner = "" if hirer is None else f"of {hirer}"
    return blake2b(f"{owner}\0{reference}".encode(), digest_size=16).digest()

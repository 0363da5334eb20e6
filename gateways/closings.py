"""What a board's news of a closed ad does to the catalogue."""

from collections.abc import Sequence
from datetime import datetime

from domain.ports import ObjectStore
from domain.positions import Position, PositionStatus, ReferenceKind
from gateways.catalogue import StoredCatalogue
from gateways.catalogue_writer import change


class Closings:
    """Closes the positions that a board knows by an ad of its own."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def close(self, posting: str, closed_at: datetime) -> None:
        """Close what is open; not by hand, so that a feed may open it again."""

        def close(now: Position | None) -> Position:
            if (now or position).status is not PositionStatus.OPEN:
                return now or position
            changed = {"status": PositionStatus.CLOSED, "closed_at": closed_at}
            return (now or position).model_copy(update=changed)

        for position in self.positions(posting):
            if position.status is PositionStatus.OPEN:
                change(self._store, position.reference, position.hirer, close)

    def positions(self, posting: str) -> Sequence[Position]:
        """Find the positions that go by an ad, open or not."""
        # Of its own, so that it is read afresh.
        return StoredCatalogue(self._store).find(ReferenceKind.PROFILE, posting)

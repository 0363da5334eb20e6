"""What a board's news of a closed ad does to the catalogue."""

from datetime import datetime

from domain.ports import ObjectStore
from domain.positions import PositionStatus, ReferenceKind
from gateways.catalogue import StoredCatalogue
from gateways.catalogue_writer import write


class Closings:
    """Closes the positions that a board knows by an ad of its own."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def close(self, posting: str, closed_at: datetime) -> None:
        """Close what is open; not by hand, so that a feed may open it again."""
        # Of its own, so that it is read afresh.
        catalogue = StoredCatalogue(self._store)
        for position in catalogue.find(ReferenceKind.PROFILE, posting):
            if position.status is PositionStatus.OPEN:
                closed = position.model_copy(
                    update={"status": PositionStatus.CLOSED, "closed_at": closed_at}
                )
                write(self._store, closed, position)

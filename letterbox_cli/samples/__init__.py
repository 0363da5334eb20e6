"""An invented CV and invented positions, for a first look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letterbox.domain.ports import ObjectStore

FOLDER = Path(__file__).parent
CV = FOLDER / "cv.pdf"
POSITIONS = FOLDER / "positions.json"
OPEN_POSITION = "20240107-123456-7890"


def import_sample_positions(store: ObjectStore) -> None:
    """Import the invented positions, where no catalogue was ever imported."""
    from letterbox.catalogue.feeds.read import read_feed
    from letterbox.catalogue.imports.report import SAMPLES, ImportOrder
    from letterbox.catalogue.imports.run import CatalogueImport
    from letterbox.catalogue.lookup import StoredCatalogue

    if StoredCatalogue(store).imported():
        return
    with POSITIONS.open("rb") as file:
        CatalogueImport(store).run(read_feed(file), ImportOrder(source=SAMPLES))

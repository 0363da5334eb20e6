"""A feed of positions, in a file or on the web, and its import."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from domain.errors import FeedUnavailableError
from domain.ports import ObjectStore
from gateways.catalogue_import import CatalogueImport, ImportOrder, ImportReport
from gateways.feed_download import download_feed, feed_name
from gateways.feeds import read_feed


@contextmanager
def opened_feed(
    source: str, progress: Callable[[int, int | None], None]
) -> Iterator[tuple[str, BinaryIO]]:
    """
    Open a file, or what is at an address, with a name for it.

    ``progress`` hears of a download, as ``download_feed`` tells it. Raises
    FeedUnavailableError.
    """
    if "://" not in source:
        with _opened_file(Path(source)) as file:
            yield Path(source).name, file
        return
    with TemporaryFile() as file:
        download_feed(source, file, progress)
        yield feed_name(source), file


class PositionFeed:
    """The feed that is imported again and again, as a whole."""

    def __init__(self, store: ObjectStore, source: str, hirer: str | None) -> None:
        self._store = store
        self._source = source
        self._hirer = hirer

    def bring_in(self) -> ImportReport:
        """Bring the catalogue in line with it."""
        with opened_feed(self._source, lambda _done, _total: None) as (name, file):
            order = ImportOrder(source=name, hirer=self._hirer)
            return CatalogueImport(self._store).run(read_feed(file), order)


def _opened_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise FeedUnavailableError(f"{path}: {error.strerror}") from None

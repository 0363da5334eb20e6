"""A feed of positions, in a file or on the web, and its import."""

import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import structlog

from letterbox.catalogue.feeds.download import DownloadLimits, download_feed, feed_name
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import ImportOrder, ImportReport
from letterbox.catalogue.imports.run import CatalogueImport, Progress
from letterbox.domain.errors import (
    FeedCutOffError,
    FeedUnavailableError,
    LetterboxError,
)
from letterbox.domain.messages import ImportedPositions
from letterbox.domain.ports import ObjectStore

log = structlog.get_logger()

_CHUNK = 1024 * 1024
# Below the activity's own: a thread cannot be stopped, and must not outlive it.
_WITHIN = timedelta(minutes=25)


@dataclass(frozen=True, slots=True)
class OpenedFeed:
    """A feed to read; ``cut_off`` is why it is not the whole, if it is not."""

    name: str
    file: BinaryIO
    cut_off: str = ""


@contextmanager
def open_feed(
    source: str,
    progress: Callable[[int, int | None], None],
    limits: DownloadLimits | None = None,
    stream: BinaryIO | None = None,
) -> Iterator[OpenedFeed]:
    """
    Open a file or an address; or read a ``stream``, which is called like the source.

    ``progress`` is called as by ``download_feed``. Raises FeedUnavailableError.
    """
    if stream:
        with copied_stream(stream, progress, limits) as file:
            yield OpenedFeed(source, file)
        return
    if "://" not in source:
        with _opened_file(Path(source)) as file:
            yield OpenedFeed(Path(source).name, file)
        return
    with TemporaryFile() as file:
        cut_off = ""
        try:
            download_feed(source, file, progress, limits)
        except FeedCutOffError as error:
            cut_off = str(error)
        yield OpenedFeed(feed_name(source), file, cut_off)


def copied_stream(
    stream: BinaryIO,
    progress: Callable[[int, int | None], None],
    limits: DownloadLimits | None = None,
) -> BinaryIO:
    """
    Copy a stream to its end into a file without a name, which the caller closes.

    FeedUnavailableError where it is longer than a download may be, or breaks off.
    """
    most = (limits or DownloadLimits()).most
    file = TemporaryFile()  # noqa: SIM115 the caller closes it
    size, why = 0, ""
    try:
        while size <= most and (chunk := stream.read(_CHUNK)):
            size += len(chunk)
            file.write(chunk)
            progress(size, None)
    except OSError as error:
        why = f"the feed was interrupted: {error.strerror}"
    if size > most:
        why = f"the feed is longer than {most // _CHUNK} MiB"
    if why:
        file.close()
        raise FeedUnavailableError(why)
    file.seek(0)
    return file


def import_from(  # noqa: PLR0913, PLR0917 what, where to, how
    source: str,
    importer: CatalogueImport,
    order: ImportOrder,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
    limits: DownloadLimits | None = None,
    stream: BinaryIO | None = None,
) -> ImportReport:
    """
    Import what is in a file, in a ``stream`` or at an address, as far as it came.

    A failure is noted in the status of the feed, and raised (LetterboxError).
    """
    try:
        with open_feed(source, progress, limits, stream) as opened:
            order = order.of(opened.name, opened.cut_off)
            return importer.run(read_feed(opened.file), order)
    except LetterboxError as error:
        importer.fail(order, error)
        raise


class PositionFeed:
    """The feed that is imported again and again, as a whole."""

    def __init__(
        self,
        store: ObjectStore,
        source: str,
        hirer: str | None,
        every: timedelta | None = None,
        within: timedelta = _WITHIN,
    ) -> None:
        self._store = store
        self._source = source
        self._hirer = hirer
        self._every = every
        self._within = within.total_seconds()

    def import_now(self) -> ImportedPositions:
        """
        Bring the catalogue in line with the feed.

        What came of a feed that is cut off is added; then FeedCutOffError, so that it
        is fetched again.
        """
        name = self._source if "://" not in self._source else feed_name(self._source)
        order = ImportOrder(source=name, hirer=self._hirer, every=self._every)
        importer = CatalogueImport(self._store, _deadline(self._within))
        try:
            report = import_from(self._source, importer, order)
        except LetterboxError as error:
            log.error("import of positions failed", feed=name, reason=str(error))  # noqa: TRY400 the reason says it
            raise
        if not report.is_fine:
            # Whoever types the command reads it; here it is the alarm.
            log.error(
                "import of positions had problems",
                feed=name,
                skipped=report.skipped,
                mended=report.mended,
                removals_waiting=report.removals_waiting,
                cut_off=report.cut_off,
            )
        if report.cut_off:
            raise FeedCutOffError(report.cut_off)
        return report.counts()


def _deadline(seconds: float) -> Progress:
    """Stop an import that takes too long between two of its steps."""
    end = time.monotonic() + seconds

    def check(_stage: str, _done: int, _total: int | None) -> None:
        if time.monotonic() > end:
            raise FeedUnavailableError("the import took too long")

    return check


def _opened_file(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FeedUnavailableError(f"{path} is not a file")
        return path.open("rb")
    except OSError as error:
        raise FeedUnavailableError(f"{path}: {error.strerror}") from None

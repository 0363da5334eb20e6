"""What an import is asked for, what it did, and the status that it leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import Field

from letterbox.catalogue.feeds.findings import FeedFault
from letterbox.domain import keys
from letterbox.domain.catalogue_status import CatalogueStatus, FeedStatus, ImportTrouble
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.messages import ImportedPositions
from letterbox.domain.plurals import plural
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import read_or

_MAX_ATTEMPTS = 20

SAMPLES = "samples"
"""The source of the invented positions: whatever takes their place may remove them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """
    What feed to import, and how far it may reach.

    ``hirer`` is the hirer of positions that name none; ``partial`` says that what
    is absent is not gone; ``force`` carries out what would wait. ``source`` is noted.
    ``dry_run`` writes nothing at all.
    ``cut_off`` is why the file is not the whole feed, ``every`` how often it comes.
    """

    source: str
    hirer: str | None = None
    partial: bool = False
    force: bool = False
    dry_run: bool = False
    cut_off: str = ""
    every: timedelta | None = None

    def of(self, source: str, cut_off: str) -> "ImportOrder":
        """Return the order for a feed that was opened."""
        return replace(self, source=source, cut_off=cut_off)


class ImportReport(ImportedPositions):
    """
    What an import did; ``repeated`` counts what a feed names more than once.

    Of those ``mended``, ``doubtful`` may be advertised by another name.
    ``faults`` and ``notes`` list the first of what was mended or skipped, and of what
    a person may want to know: also how many faults the list lacks.
    ``removals_waiting`` were not carried out; ``unused`` counts, by name, the jobs
    with an element that no field is made of.
    """

    source: str
    unchanged: int
    repeated: int
    doubtful: int = Field(0, exclude=True)
    cut_off: str = ""
    unused: dict[str, int] = Field(default_factory=dict)
    faults: tuple[FeedFault, ...] = ()
    notes: tuple[FeedFault, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Return whether the feed was taken as it is, and all of it."""
        is_damaged = self.mended or self.skipped or self.doubtful
        return not (is_damaged or self.removals_waiting or self.cut_off)

    @property
    def trouble(self) -> ImportTrouble | None:
        """Return why the catalogue is not whole by it, the worst first."""
        if self.cut_off:
            return ImportTrouble.CUT_OFF
        if self.skipped:
            return ImportTrouble.SKIPPED
        if self.removals_waiting:
            return ImportTrouble.HELD_BACK
        return ImportTrouble.SKIPPED if self.doubtful else None

    def counts(self) -> ImportedPositions:
        """Return the counts alone: what a feed says does not go to Temporal."""
        return ImportedPositions.model_validate(self.model_dump())

    def words(self) -> str:
        """Return what went wrong in a few words; nothing where nothing did."""
        troubles = [
            f"cut off: {self.cut_off}" if self.cut_off else "",
            f"{self.skipped} skipped" if self.skipped else "",
            f"{self.mended} mended" if self.mended else "",
            f"{self.doubtful} with a doubtful reference" if self.doubtful else "",
            _waiting(self.removals_waiting),
        ]
        return ", ".join(filter(None, troubles))


def _waiting(count: int) -> str:
    if not count:
        return ""
    return f"{plural(count, 'removal')} {'waits' if count == 1 else 'wait'}"


def update_status(
    store: ObjectStore,
    hirer: str | None,
    change: Callable[[FeedStatus], FeedStatus | None],
) -> FeedStatus:
    """Change a feed's status, None removes it; return the earlier one."""
    name = hirer or ""  # Feeds of several hirers are told apart by ``--hirer``.
    for _ in range(_MAX_ATTEMPTS):
        # What cannot be read is nothing: nobody is refused until the next whole import.
        status, version = read_or(store, keys.CATALOGUE_STATUS, CatalogueStatus())
        before = status.feeds.get(name, FeedStatus())
        feeds = {key: feed for key, feed in status.feeds.items() if key != name}
        if (after := change(before)) is not None:
            feeds[name] = after
        body = CatalogueStatus(feeds=feeds).model_dump_json(exclude_defaults=True)
        if store.replace(keys.CATALOGUE_STATUS, body.encode(), version):
            return before
    raise StoreUnavailableError("the catalogue's status keeps changing: try again")

"""What an import is told, and what it tells."""

from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from letterbox.catalogue.feeds.findings import Fault
from letterbox.domain.catalogue_status import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """
    What a feed is, and how far it may reach.

    ``hirer`` is whose the positions are that name none; ``partial`` says that what
    is absent is not gone; ``force`` carries out what would wait. ``source`` is kept.
    ``cut_off`` is why the file is not the whole feed, ``every`` how often it comes.
    """

    source: str
    hirer: str | None = None
    partial: bool = False
    force: bool = False
    cut_off: str = ""
    every: timedelta | None = None

    def of(self, source: str, cut_off: str) -> "ImportOrder":
        """Give the order for what was found at the source."""
        return replace(self, source=source, cut_off=cut_off)


class ImportReport(BaseModel):
    """
    What an import did; ``repeated`` counts what a feed told more than once.

    Of those ``mended``, ``doubtful`` may be advertised by another name.
    ``faults`` and ``notes`` list the first of what was mended or skipped, and of what
    a person may want to know: also how many faults the list lacks.
    ``removals_waiting`` were not carried out.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    positions: int
    added: int
    changed: int
    unchanged: int
    removed: int
    repeated: int
    mended: int = 0
    skipped: int = 0
    doubtful: int = Field(0, exclude=True)
    removals_waiting: int = 0
    cut_off: str = ""
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Tell whether the feed was taken as it is, and all of it."""
        spoilt = self.mended or self.skipped or self.doubtful
        return not (spoilt or self.removals_waiting or self.cut_off)

    @property
    def trouble(self) -> Trouble | None:
        """Tell why the catalogue is not whole by it, the worst first."""
        if self.cut_off:
            return Trouble.CUT_OFF
        if self.skipped:
            return Trouble.SKIPPED
        if self.removals_waiting:
            return Trouble.HELD_BACK
        return Trouble.SKIPPED if self.doubtful else None

    def words(self) -> str:
        """Tell what went wrong in a few words; nothing where nothing did."""
        told = [
            f"cut off: {self.cut_off}" if self.cut_off else "",
            f"{self.skipped} skipped" if self.skipped else "",
            f"{self.mended} mended" if self.mended else "",
            f"{self.doubtful} with a name in doubt" if self.doubtful else "",
            f"{self.removals_waiting} removals wait" if self.removals_waiting else "",
        ]
        return ", ".join(filter(None, told))

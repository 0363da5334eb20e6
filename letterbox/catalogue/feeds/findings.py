"""What could not be read of a feed as it stands, bounded whatever the feed is."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from letterbox.domain.plurals import plural

_LISTED = 100
# Whom it concerns must find each; a feed with more than that is another feed.
_LISTED_SKIPPED = 1000
_REFERENCE = 200
_LISTED_UNUSED = 40


class FeedFault(BaseModel):
    """
    A job that was mended or skipped; ``position`` counts from 1.

    Without a position it is the document itself.
    """

    model_config = ConfigDict(frozen=True)

    position: int | None = None
    reference: str | None = None
    reason: str
    skipped: bool = False


class Findings:
    """
    Counts what was mended and skipped, and lists the first of it.

    Of what was mended, ``doubtful`` may go by another name than the one that was read.
    ``notes`` are what a person should know and what harms nobody. ``cut_off`` says
    that the feed ends in the middle: what it does not name is unknown.
    """

    def __init__(self) -> None:
        self.mended = 0
        self.skipped = 0
        self.doubtful = 0
        self.cut_off = ""
        self.unused: Counter[str] = Counter()
        """In how many jobs an element was that no field is made of, by its name."""
        self.faults: list[FeedFault] = []
        self.notes: list[FeedFault] = []

    def mend(
        self, reason: str, position: int | None = None, reference: str | None = None
    ) -> None:
        """Count what was read although it is malformed."""
        self.mended += 1
        self._list(reason, position, reference, skipped=False)

    def skip(
        self, reason: str, position: int | None = None, reference: str | None = None
    ) -> None:
        """Count what could not be read."""
        self.skipped += 1
        self._list(reason, position, reference, skipped=True)

    def note(
        self, reason: str, position: int | None = None, reference: str | None = None
    ) -> None:
        """Note what is no fault."""
        if len(self.notes) < _LISTED:
            self.notes.append(_fault(reason, position, reference, skipped=False))

    def leave_out(self, names: Iterable[str]) -> None:
        """Count the elements of a job that nothing is made of."""
        for name in names:
            if name in self.unused or len(self.unused) < _LISTED_UNUSED:
                self.unused[name] += 1

    def unlisted(self) -> tuple[FeedFault, ...]:
        """Return how many of the faults the list has no room for, if any."""
        lacks = self.mended + self.skipped - len(self.faults)
        if not lacks:
            return ()
        are = "is" if lacks == 1 else "are"
        words = (
            f"{plural(lacks, 'more fault')} {are} not listed; in total {self.mended} "
            f"mended, {self.skipped} skipped"
        )
        return (FeedFault(reason=words),)

    def _list(
        self, reason: str, position: int | None, reference: str | None, *, skipped: bool
    ) -> None:
        most = _LISTED_SKIPPED if skipped else _LISTED
        if len(self.faults) >= most:
            return
        # What is lost must be found in the list, before what was mended.
        if len(self.faults) >= _LISTED:
            mended = (n for n, fault in enumerate(self.faults) if not fault.skipped)
            if (last := max(mended, default=None)) is not None:
                del self.faults[last]
        self.faults.append(_fault(reason, position, reference, skipped=skipped))


def _fault(
    reason: str, position: int | None, reference: str | None, *, skipped: bool
) -> FeedFault:
    return FeedFault(
        position=position,
        reference=reference[:_REFERENCE] if reference else None,
        reason=reason,
        skipped=skipped,
    )

"""Arguments and results of polling, and of what follows news of hirers and ads."""

from datetime import timedelta

from pydantic import AwareDatetime

from letterbox.domain.status import Value

REMEMBERED = timedelta(days=90)
"""For so long boards remember their events, SEEK at least."""


class PollInput(Value):
    """The argument of ``poll_events``."""

    board: str = "seek"
    """Whose stream; SEEK alone had one when histories were first written."""
    cursor: str | None = None
    """Opaque; None begins with the earliest event that the board remembers."""
    began_anew: bool = False
    """Whether a cursor was refused before: a second time the board is at fault."""


class PollResult(Value):
    """The result of ``poll_events``, for one page."""

    cursor: str | None = None
    has_next: bool = False
    found: int = 0
    """Number of applications on the page."""
    taken_in: int = 0
    """Number of those that were not known before."""
    began_anew: bool = False
    """Whether the board refused the cursor, and this is the earliest page."""


class HirerInput(Value):
    """The argument of the steps about a hirer, by the board's own id."""

    board: str
    hirer: str


class BackfillInput(HirerInput):
    """The argument of ``HirerBackfill``."""

    since: AwareDatetime | None = None
    """None is as long ago as boards remember."""
    dry_run: bool = False
    """Whether what is missing is counted, and nothing is taken in."""
    is_news: bool = False
    """Whether the relationship changed: what is withheld is asked for again first."""
    cursor: str | None = None
    is_changed: bool = False
    """Whether there was news meanwhile: it is looked at once more behind the end."""
    done: "BackfillResult | None" = None
    """What earlier runs have done; with the cursor, where this one goes on."""


class BackfillResult(Value):
    """The result of ``HirerBackfill``, and its progress, as counts."""

    pages: int = 0
    found: int = 0
    """Applications of the hirer in the board's stream."""
    taken_in: int = 0
    """Those of them that were not known; of a dry run, that are missing."""
    is_refused: bool = False
    """Whether the hirer does not let us fetch its applications."""


class BackfillPageInput(HirerInput):
    """The argument of ``take_in_missed``."""

    since: AwareDatetime
    cursor: str | None = None
    dry_run: bool = False


class PostingInput(Value):
    """The argument of ``PostingLookup`` and its step, by the board's own id."""

    board: str
    posting: str

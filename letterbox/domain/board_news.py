"""Arguments and results of what follows a board's news of hirers and ads."""

from datetime import timedelta

from pydantic import AwareDatetime

from letterbox.domain.status import Value

REMEMBERED = timedelta(days=90)
"""For so long boards remember their events, SEEK at least."""


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

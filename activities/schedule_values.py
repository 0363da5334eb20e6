"""What the workflows on schedules ask for, and are told."""

from datetime import timedelta

from pydantic import Field

from activities.value import Value


class Polling(Value):
    """Where ``poll_events`` goes on."""

    cursor: str | None = None
    """Opaque; None begins with the earliest event that the board remembers."""


class Polled(Value):
    """What one page of events brought."""

    cursor: str | None = None
    has_next: bool = False
    found: int = 0
    """Applications on the page."""
    taken_in: int = 0
    """Those that were not known."""


class Kept(Value):
    """What became of the archives."""

    ended: int = 0
    held: int = 0
    """Old enough, and kept by a hold."""
    left: int = 0
    """Damaged, and nobody can say whose they are."""


class ImportedPositions(Value):
    """What an import of positions did."""

    positions: int = 0
    """Number of positions in the feed."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    mended: int = 0
    """Jobs that were spoilt, and read all the same."""
    skipped: int = 0
    """Jobs that could not be read."""
    removals_waiting: int = 0
    """Until three feeds agree, or a person says --force."""


class Audited(Value):
    """What an audit came to: counts by kind, and of nobody in particular."""

    fine: bool = True
    findings: dict[str, int] = Field(default_factory=dict)


class Sweep(Value):
    """What ``InboxSweep`` starts."""

    older_than_seconds: float


class Swept(Value):
    """What became of the inbox records that were old enough."""

    started: int = 0
    left: int = 0
    """Could not be started; the next sweep tries again."""


class Watch(Value):
    """What ``ArchiveWatch`` looks for."""

    overdue_after: timedelta
    """How long after its archive was due an application is overdue."""
    every: timedelta
    """The time between two looks."""
    unrecorded_after: timedelta = timedelta(days=2)
    """Longer than a board is asked for one application."""


class Watched(Value):
    """What one look found."""

    overdue: int = 0
    """Number of applications that were told so."""
    left: int = 0
    """Could not be told: their workflow does not go on."""
    unrecorded: int = 0
    """Open for days, and not recorded."""

"""
When a board's window ends, and when we must have archived by.

Its only caller that writes a record is ``recording``.
"""

from datetime import datetime, timedelta

# Clocks and time zones of others differ by so much; what is further ahead is planned.
_SKEW = timedelta(days=1)

LAST_YEAR = 9000
"""Python knows no year after 9999, and a retention is added to what others date."""


def happened(closed_at: datetime, now: datetime) -> datetime:
    """
    Count a close that is only planned, or a date that says "never", as one of now.

    The board counts from the close that happens: with a later date we would archive
    when it has forgotten everything.
    """
    return closed_at if closed_at - now < _SKEW else now


def window_end(
    applied_at: datetime, closed_at: datetime | None, retention: timedelta
) -> datetime:
    """
    Return when the board forgets an application.

    An ad is open when someone applies, so the window never ends before
    ``applied_at + retention``, and news of a close only ever moves it later.
    """
    return max(applied_at, closed_at or applied_at) + retention


def archive_due(
    applied_at: datetime,
    closed_at: datetime | None,
    *,
    retention: timedelta,
    margin: timedelta,
) -> datetime:
    """Return when to archive: the window's end less the margin."""
    return window_end(applied_at, closed_at, retention) - margin


def is_kept_enough(
    archive_by: datetime, received_at: datetime, keep: timedelta, now: datetime
) -> bool:
    """
    Return whether an archive was kept for long enough, by its record's own dates.

    The store's date says when this copy was written: a restore, a move to another
    bucket or a repair renews it. An application that came after its archive was
    due was archived no earlier than it came.
    """
    return now - max(archive_by, received_at) >= keep


def overdue_after(retention: timedelta, margin: timedelta) -> timedelta:
    """
    Return how long after it was due an archive is overdue: half of the margin.

    Ten minutes at least, since a backlog takes its time; or a third of a window that is
    itself as short as that.
    """
    return max(margin / 2, min(timedelta(minutes=10), retention / 3))

"""Times and ages as tables show them: to the minute, in UTC."""

from datetime import UTC, datetime

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def minute(moment: datetime | None) -> str:
    """Return a time to the minute, in UTC; nothing where there is none."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def day(moment: datetime | None) -> str:
    """Return the day of a time, in UTC; nothing where there is none."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}" if moment else ""


def age(moment: datetime | None, now: datetime) -> str:
    """Return how long ago that was, in its largest unit: ``3d``, ``5h``."""
    if moment is None:
        return ""
    seconds = max(int((now - moment).total_seconds()), 0)
    return next(
        (f"{seconds // length}{unit}" for length, unit in _UNITS if seconds >= length),
        "0s",
    )

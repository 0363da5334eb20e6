"""Times as people type them, and times and ages as tables show them: in UTC."""

import re
from contextlib import suppress
from datetime import UTC, datetime

import typer

_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def parse_moment(text: str) -> datetime:
    """Read the time of an option; UTC unless it says otherwise."""
    with suppress(ValueError, OverflowError):
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
    raise typer.BadParameter(
        "not a date or time such as 2026-11-30 or 2026-11-30T09:00"
    )


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

"""When somebody applied, by a board's clock."""

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

# A board repeats for days, not for years: what is older is no time of an application,
# and would be archived the moment it came.
_OLDEST = timedelta(days=365)


def moment_of_millis(value: JsonValue, received_at: datetime) -> datetime:
    """Read milliseconds since 1970; what cannot be is the moment of receipt."""
    moment = moment_of_seconds(value, unit=1000)
    return received_at if moment is None else plausible(moment, received_at)


def moment_of_seconds(value: JsonValue, unit: int = 1) -> datetime | None:
    """Read seconds since 1970, or what there are ``unit`` of in one; None for none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return datetime.fromtimestamp(int(value) / unit, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def plausible(moment: datetime, received_at: datetime) -> datetime:
    """Return a moment of applying; nobody applies after the application came."""
    is_plausible = received_at - _OLDEST <= moment <= received_at
    return moment if is_plausible else received_at

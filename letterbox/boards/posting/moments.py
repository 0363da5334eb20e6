"""When somebody applied, by a board's clock."""

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

# A board repeats for days, not for years: what is older is no time of an application,
# and would be archived the moment it came.
_OLDEST = timedelta(days=365)


def moment_of_millis(value: JsonValue, received_at: datetime) -> datetime:
    """Read milliseconds since 1970; what cannot be is the moment of receipt."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return received_at
    try:
        moment = datetime.fromtimestamp(int(value) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return received_at
    return plausible(moment, received_at)


def plausible(moment: datetime, received_at: datetime) -> datetime:
    """Return a moment of applying; nobody applies after the application came."""
    is_plausible = received_at - _OLDEST <= moment <= received_at
    return moment if is_plausible else received_at

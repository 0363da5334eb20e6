"""Durations as people write them: ``30s``, ``15m``, ``12h``, ``14d``."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_FORM = re.compile(r"([0-9]+)([smhd])")
# Longer ones lead to dates that no calendar has.
_MAX_DURATION = timedelta(days=36500)
_MAX_DIGITS = 15
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: object) -> object:
    """Read a duration; anything that is not text passes as it is (ValueError)."""
    if not isinstance(text, str):
        return text
    if text.strip() == "0":
        return timedelta(0)
    if not (form := _FORM.fullmatch(text.strip().lower())):
        raise ValueError("not a duration such as 30s, 15m, 12h or 14d")
    try:
        duration = timedelta(**{_UNITS[form[2]]: int(form[1][-_MAX_DIGITS:])})
    except OverflowError:
        duration = timedelta.max
    if duration > _MAX_DURATION or len(form[1]) > _MAX_DIGITS:
        raise ValueError(f"must be at most {_MAX_DURATION.days}d")
    return duration


def format_duration(duration: timedelta) -> str:
    """Write a duration as it can be read again; less than a second is left out."""
    seconds = int(duration.total_seconds())
    for unit in ("d", "h", "m"):
        size = int(timedelta(**{_UNITS[unit]: 1}).total_seconds())
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]

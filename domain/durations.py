"""Durations as people write them: ``30s``, ``15m``, ``12h``, ``14d``."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_FORM = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: object) -> object:
    """Read a duration; anything that is not text passes as it is (ValueError)."""
    if not isinstance(text, str):
        return text
    if text.strip() == "0":
        return timedelta(0)
    if not (form := _FORM.fullmatch(text.strip().lower())):
        raise ValueError("not a duration such as 30s, 15m, 12h or 14d")
    return timedelta(**{_UNITS[form[2]]: int(form[1])})


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]

"""How long a server asks to be left alone: SEEK, or the ATS."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

_MAX_LENGTH = timedelta(days=1)


def wait_asked(headers: httpx.Headers) -> timedelta | None:
    """
    Read ``Retry-After``: seconds, or a date (RFC 9110, section 10.2.3).

    The wait is never negative, and a day at most: a longer one is a mistake.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=int(text[:9])), _MAX_LENGTH)
    try:
        moment = parsedate_to_datetime(text)
        wait = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta()), _MAX_LENGTH)

"""What time it is elsewhere: signatures hold only among clocks that agree."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx


async def server_ahead(http: httpx.AsyncClient, url: str) -> timedelta | None:
    """
    Tell how far a server's clock is ahead of ours, to a second or two.

    Asks for the ``Date`` (RFC 9110, section 6.6.1) of the root of the server, which
    is no business of anybody's; any status will do. None where it is not told. Raises
    httpx.HTTPError where there is no answer.
    """
    root = httpx.URL(url).copy_with(userinfo=b"", raw_path=b"/", fragment=None)
    asked = datetime.now(UTC)
    answer = await http.head(root, headers={"Cache-Control": "no-cache"})
    answered = datetime.now(UTC)
    told = _date(answer.headers)
    return None if told is None else told - (asked + (answered - asked) / 2)


def _date(headers: httpx.Headers) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers.get("Date", ""))
        # A cache answers with the date of what it keeps, and says how old that is.
        age = timedelta(seconds=int(headers.get("Age", "0")))
        return moment.replace(tzinfo=moment.tzinfo or UTC) + age
    except (ValueError, OverflowError):
        return None

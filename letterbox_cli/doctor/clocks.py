"""This machine's clock, against the others: with a wrong one no signature holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from letterbox.boards import discover
from letterbox.boards.base import NoticeBoard
from letterbox.checks import Finding, ok, wrong
from letterbox.settings import Settings
from letterbox_cli.doctor.findings import TIMEOUT, all_of, safely


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


# Standard Webhooks and S3 allow minutes: there must be something left for drifting.
_TOLERANCE = timedelta(seconds=30)


async def look(settings: Settings) -> list[Finding]:
    """Ask every server of the settings that tells the time."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        return await all_of(
            *(safely("clock", _one(http, *server)) for server in _servers(settings))
        )


def beside(server: str, ahead: timedelta) -> Finding:
    """Judge by how far a server's clock is ahead of ours."""
    if abs(ahead) <= _TOLERANCE:
        return ok("clock", f"agrees with the one of {server}")
    side = "behind" if ahead > timedelta() else "ahead of"
    words = (
        f"this machine's is {abs(ahead).total_seconds():.0f} s {side} the one of "
        f"{server}: signatures do not hold; set it by NTP"
    )
    return wrong("clock", words)


def between(earliest: datetime, now: datetime, latest: datetime) -> timedelta:
    """Tell how far a clock is ahead of ``now``, at least: it is between those two."""
    if now < earliest:
        return earliest - now
    return min(latest - now, timedelta())


def _servers(settings: Settings) -> Iterator[tuple[str, str]]:
    for board in discover().values():
        if isinstance(board, NoticeBoard):
            yield from board.servers(settings).items()
    if settings.store_url.startswith("s3://"):
        yield "the S3 server", settings.s3_endpoint
    if settings.delivery_url:
        yield "the ATS", settings.delivery_url


async def _one(http: httpx.AsyncClient, server: str, url: str) -> list[Finding]:
    try:
        ahead = await server_ahead(http, url)
    except httpx.HTTPError:
        return []  # Said already, by who needs it for more than the time.
    return [] if ahead is None else [beside(server, ahead)]

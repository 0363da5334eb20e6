"""Compares this machine's clock with others; a wrong one breaks signatures."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from letterbox.boards import discover
from letterbox.boards.base import CalledBoard
from letterbox.checks import CheckResult, ok, wrong
from letterbox.settings import Settings
from letterbox_cli.doctor.checking import TIMEOUT, all_of, safely


async def server_ahead(http: httpx.AsyncClient, url: str) -> timedelta | None:
    """
    Return how far a server's clock is ahead of ours, to a second or two.

    Reads the ``Date`` (RFC 9110, section 6.6.1) of a response to ``HEAD /``; any status
    will do. None if there is none. Raises httpx.HTTPError if there is no response.
    """
    root = httpx.URL(url).copy_with(userinfo=b"", raw_path=b"/", fragment=None)
    sent = datetime.now(UTC)
    response = await http.head(root, headers={"Cache-Control": "no-cache"})
    received = datetime.now(UTC)
    date = _date(response.headers)
    return None if date is None else date - (sent + (received - sent) / 2)


def _date(headers: httpx.Headers) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers.get("Date", ""))
        # A cache responds with the date of what it stores, and its age.
        age = timedelta(seconds=int(headers.get("Age", "0")))
        return moment.replace(tzinfo=moment.tzinfo or UTC) + age
    except (ValueError, OverflowError):
        return None


# Standard Webhooks and S3 allow minutes: there must be something left for drifting.
_TOLERANCE = timedelta(seconds=30)


async def look(settings: Settings) -> list[CheckResult]:
    """Compare with every server of the settings that sends its time."""
    servers = list(_servers(settings))
    if not servers:
        # A client reads all certificates of authorities, which takes 30 ms.
        return []
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        return await all_of(
            *(safely("clock", _server(http, *server)) for server in servers)
        )


def beside(server: str, ahead: timedelta) -> CheckResult:
    """Return how far a server's clock is ahead of ours."""
    what = f"clock ({server.removeprefix('the ')})"
    if abs(ahead) <= _TOLERANCE:
        return ok(what, f"agrees with that of {server}")
    side = "behind" if ahead > timedelta() else "ahead of"
    message = (
        f"this machine's is {abs(ahead).total_seconds():.0f} s {side} that of "
        f"{server}: signatures will be refused; synchronise it with NTP"
    )
    return wrong(what, message)


def between(earliest: datetime, now: datetime, latest: datetime) -> timedelta:
    """Return how far a clock between those two is ahead of ``now``, at least."""
    if now < earliest:
        return earliest - now
    return min(latest - now, timedelta())


def _servers(settings: Settings) -> Iterator[tuple[str, str]]:
    for board in discover().values():
        if isinstance(board, CalledBoard):
            yield from board.servers(settings).items()
    if settings.store_url.startswith("s3://"):
        yield "the S3 server", settings.s3_endpoint
    if settings.delivery_url:
        yield "the ATS", settings.delivery_url
    if settings.oidc_issuer:
        yield "the identity provider", settings.oidc_issuer


async def _server(http: httpx.AsyncClient, server: str, url: str) -> list[CheckResult]:
    try:
        ahead = await server_ahead(http, url)
    except httpx.HTTPError:
        return []  # Reported already, by the check of that server.
    return [] if ahead is None else [beside(server, ahead)]

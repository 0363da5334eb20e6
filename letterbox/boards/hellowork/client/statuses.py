"""
Statuses, sent to where each application says: the ``StatusSender`` for HelloWork.

https://ats-partner.hellowork.com/v1/sending-status
"""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from pydantic import JsonValue

from letterbox.boards.hellowork.settings import HelloWorkSettings
from letterbox.boards.posting.client.public_only import (
    LookUp,
    PinnedTransport,
    listed_address,
    public_addresses,
)
from letterbox.boards.posting.client.statuses import StatusPosts, open_status_posts
from letterbox.boards.reports import StandingReport
from letterbox.domain.errors import BoardRefusedError

_NAME = "HelloWork"
_TIMEOUT = 20.0


@asynccontextmanager
async def open_statuses(
    settings: HelloWorkSettings,
    *,
    addresses: LookUp = public_addresses,
    trusted: ssl.SSLContext | None = None,
    max_seconds: float = _TIMEOUT,
) -> AsyncIterator["HelloWorkStatuses"]:
    """
    Keep connections for as long as the block lasts; nothing is sent yet.

    Tests allow addresses of this machine, and trust a certificate of their own.
    """
    # Kept connections go by their addresses, and two names may share one.
    once = httpx.Limits(max_keepalive_connections=0)
    inner = httpx.AsyncHTTPTransport(verify=trusted or True, limits=once)
    key = settings.hellowork_status_key.get_secret_value()
    async with open_status_posts(
        _NAME,
        headers={settings.hellowork_header: key} if key else {},
        transport=PinnedTransport(inner, addresses),
        max_seconds=max_seconds,
    ) as posts:
        yield HelloWorkStatuses(posts, settings.hellowork_status_hosts)


@dataclass(frozen=True, slots=True)
class HelloWorkStatuses:
    """Posts our word for it: HelloWork takes any."""

    posts: StatusPosts
    hosts: Sequence[str]

    async def send_status(self, report: StandingReport) -> None:
        """Post it to the address that came with the application, if that is listed."""
        target = report.source.status_target
        if target is None:
            raise BoardRefusedError("HelloWork has not told where to send statuses")
        address = listed_address(target, self.hosts)
        if address is None:
            raise BoardRefusedError(
                "HelloWork wants statuses at an address that is not https, or whose"
                " host is not in LETTERBOX_HELLOWORK_STATUS_HOSTS"
            )
        await self.posts.post(address, body_of(report))


def body_of(report: StandingReport) -> dict[str, JsonValue]:
    """Return what HelloWork is told; nothing of the candidate is in it."""
    return {
        "status": report.change.status.value,
        "eventDate": _written(report.change.changed_at),
        "created": _written(report.received_at),
        "jobId": report.position or report.source.job_reference,
    }


def _written(moment: datetime) -> str:
    utc = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return utc.replace("+00:00", "Z")

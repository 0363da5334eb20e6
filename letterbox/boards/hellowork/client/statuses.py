"""
Statuses, sent to where each application says: the ``StatusSender`` for HelloWork.

https://ats-partner.hellowork.com/v1/sending-status
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from pydantic import JsonValue

from letterbox.boards.client.addresses import address_of, refuse_other_hosts
from letterbox.boards.client.public_hosts import PublicHosts, Resolve, resolve
from letterbox.boards.client.status_posts import StatusPosts, open_status_posts
from letterbox.boards.hellowork.settings import HelloWorkSettings
from letterbox.boards.reports import StandingReport, utc_text
from letterbox.domain.errors import BoardRefusedError


@asynccontextmanager
async def open_statuses(
    settings: HelloWorkSettings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    resolve: Resolve = resolve,
    max_seconds: float | None = None,
) -> AsyncIterator["HelloWorkStatuses"]:
    """
    Keep connections for as long as the block lasts; nothing is sent yet.

    ``transport`` and ``resolve`` are beneath all that is checked.
    """
    key = settings.hellowork_status_key.get_secret_value()
    async with open_status_posts(
        "HelloWork",
        variables="LETTERBOX_HELLOWORK_STATUS_KEY",
        headers={settings.hellowork_header: key} if key else {},
        transport=PublicHosts(transport, resolve=resolve),
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
            message = "HelloWork sent no statusApiUrl to report statuses to"
            raise BoardRefusedError(message)
        address = address_of(target)
        refuse_other_hosts(address, self.hosts, "LETTERBOX_HELLOWORK_STATUS_HOSTS")
        await self.posts.post(address, body_of(report))


def body_of(report: StandingReport) -> dict[str, JsonValue]:
    """Return what HelloWork is told; nothing of the candidate is in it."""
    return {
        "status": report.change.status.value,
        "eventDate": utc_text(report.change.changed_at),
        "created": utc_text(report.received_at),
        "jobId": report.position or report.source.job_reference,
    }

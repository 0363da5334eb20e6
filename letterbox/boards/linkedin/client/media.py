"""Documents at the addresses that LinkedIn names."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from letterbox.boards.client.addresses import (
    address_of,
    origin,
    refuse_other_hosts,
)
from letterbox.boards.client.downloads import Downloads
from letterbox.boards.client.http import open_http
from letterbox.boards.client.public_hosts import (
    PublicHosts,
    Resolve,
    resolve,
)
from letterbox.boards.fetching import Attachments, FetchResult, Withheld
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.domain.submission import Submission


@asynccontextmanager
async def open_fetcher(
    settings: LinkedInSettings,
    *,
    max_document_bytes: int,
    seconds: float = 30,
    transport: httpx.AsyncBaseTransport | None = None,
    resolve: Resolve = resolve,
) -> AsyncIterator["LinkedInFetcher"]:
    """
    Keep connections to where documents lie.

    ``seconds`` are for each part of one; ``transport`` and ``resolve`` are beneath all
    that is checked.
    """
    sandbox = (
        httpx.URL(settings.linkedin_sandbox) if settings.linkedin_sandbox else None
    )
    guard = PublicHosts(transport, sandbox=sandbox, resolve=resolve)
    async with open_http(seconds, transport=guard) as http:
        yield LinkedInFetcher(
            LinkedInMedia(
                http,
                max_bytes=max_document_bytes,
                hosts=settings.linkedin_media_hosts,
                sandbox=sandbox,
                token=settings.linkedin_media_token.get_secret_value(),
            )
        )


@dataclass(frozen=True, slots=True)
class LinkedInFetcher:
    """The ``Fetcher`` of what LinkedIn posts, which is whole but for its documents."""

    attachments: Attachments

    async def fetch(self, notice: Submission) -> FetchResult | Withheld:
        """Return what was posted: there is nothing else to be asked."""
        return FetchResult(notice)


class LinkedInMedia(Downloads):
    """Download from allowed hosts; a token goes to the one that LinkedIn named."""

    whose = "LinkedIn's documents"

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        max_bytes: int,
        hosts: Sequence[str],
        sandbox: httpx.URL | None = None,
        token: str = "",
    ) -> None:
        super().__init__(http, max_bytes=max_bytes)
        self._hosts = hosts
        self._sandbox = origin(sandbox) if sandbox else None
        self._token = token

    async def _response(self, address: str) -> httpx.Response:
        nowhere = httpx.URL()
        named = self._target(nowhere, address)

        def headers(url: httpx.URL) -> dict[str, str]:
            is_named = self._token and origin(url) == origin(named)
            return {"Authorization": f"Bearer {self._token}"} if is_named else {}

        return await self._follow(nowhere, address, headers)

    def _target(self, base: httpx.URL, reference: str) -> httpx.URL:
        url = address_of(reference, base)
        if origin(url) != self._sandbox:
            refuse_other_hosts(url, self._hosts, "LETTERBOX_LINKEDIN_MEDIA_HOSTS")
        return url

"""SEEK over the network: one HTTP client and one token for all that talk to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from letterbox.boards.seek.client.attachments import SeekAttachments
from letterbox.boards.seek.client.graphql import SeekGraph
from letterbox.boards.seek.client.http import open_http
from letterbox.boards.seek.client.token import PartnerToken
from letterbox.boards.seek.settings import SeekSettings


@dataclass(frozen=True, slots=True)
class SeekClient:
    """SEEK's two ways to be asked."""

    graph: SeekGraph
    attachments: SeekAttachments


@asynccontextmanager
async def open_client(
    settings: SeekSettings, *, max_document_bytes: int
) -> AsyncIterator[SeekClient]:
    """Keep connections to SEEK for as long as the block lasts; nothing is asked yet."""
    async with open_http() as http:
        token = PartnerToken(http, settings)
        yield SeekClient(
            SeekGraph(http, token, url=settings.seek_graphql_url),
            SeekAttachments(
                http,
                token,
                graphql_url=settings.seek_graphql_url,
                max_bytes=max_document_bytes,
            ),
        )

"""SEEK, opened as a whole: one client and one token for all that talk to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from letterbox.boards.seek.client.attachments import SeekAttachments
from letterbox.boards.seek.client.graphql import SeekGraph
from letterbox.boards.seek.client.http import open_http
from letterbox.boards.seek.client.token import PartnerToken, SeekCredentials


@dataclass(frozen=True, slots=True)
class Seek:
    """What the activities need of SEEK."""

    graph: SeekGraph
    attachments: SeekAttachments


@asynccontextmanager
async def open_seek(
    credentials: SeekCredentials,
    *,
    graphql_url: str,
    max_document_bytes: int,
    concurrent: int = 8,
) -> AsyncIterator[Seek]:
    """
    Keep connections to SEEK for as long as the block lasts; nothing is asked yet.

    ``concurrent`` limits queries and, apart from them, downloads: SEEK limits both.
    """
    async with open_http() as http:
        token = PartnerToken(http, credentials)
        yield Seek(
            SeekGraph(http, token, url=graphql_url, concurrent=concurrent),
            SeekAttachments(
                http,
                token,
                graphql_url=graphql_url,
                max_bytes=max_document_bytes,
                concurrent=concurrent,
            ),
        )

"""SEEK over the network: one HTTP client and one token for all that talk to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from letterbox.boards.client.calls import show
from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.client.http import open_http
from letterbox.boards.client.token import Credentials, PartnerToken
from letterbox.boards.seek.client.attachments import SeekAttachments
from letterbox.boards.seek.settings import SeekSettings

HEADERS = {"Accept-Language": "en-AU"}


def credentials_of(settings: SeekSettings) -> Credentials:
    """Return what SEEK wants to see (https://developer.seek.com/auth)."""
    return Credentials(
        board="SEEK",
        url=settings.seek_token_url,
        fields={
            "audience": settings.seek_audience,
            "client_id": settings.seek_client_id,
            "client_secret": settings.seek_client_secret.get_secret_value(),
            "grant_type": "client_credentials",
        },
        is_form=False,
        variables="LETTERBOX_SEEK_CLIENT_ID, LETTERBOX_SEEK_CLIENT_SECRET,"
        " LETTERBOX_SEEK_AUDIENCE and LETTERBOX_SEEK_TOKEN_URL",
    )


@dataclass(frozen=True, slots=True)
class SeekClient:
    """SEEK's two ways to be asked."""

    graph: PartnerGraph
    attachments: SeekAttachments


@asynccontextmanager
async def open_client(
    settings: SeekSettings, *, max_document_bytes: int
) -> AsyncIterator[SeekClient]:
    """Keep connections to SEEK for as long as the block lasts; nothing is asked yet."""
    async with open_http(headers=HEADERS, hooks=(show,)) as http:
        token = PartnerToken(http, credentials_of(settings))
        yield SeekClient(
            PartnerGraph(http, token, url=settings.seek_graphql_url),
            SeekAttachments(
                http,
                token,
                graphql_url=settings.seek_graphql_url,
                max_bytes=max_document_bytes,
            ),
        )

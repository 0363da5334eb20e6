"""Indeed over the network: one HTTP client and one token for all that call it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from letterbox.boards.client.calls import show
from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.client.http import open_http
from letterbox.boards.client.token import Credentials, PartnerToken
from letterbox.boards.indeed.settings import IndeedSettings


def credentials_of(settings: IndeedSettings) -> Credentials:
    """Return what Indeed wants to see (https://docs.indeed.com/authorization/)."""
    return Credentials(
        board="Indeed",
        url=settings.indeed_token_url,
        fields={
            "grant_type": "client_credentials",
            "client_id": settings.indeed_client_id,
            "client_secret": settings.indeed_client_secret.get_secret_value(),
            "scope": settings.indeed_scope,
        },
        variables="LETTERBOX_INDEED_CLIENT_ID, LETTERBOX_INDEED_CLIENT_SECRET,"
        " LETTERBOX_INDEED_SCOPE and LETTERBOX_INDEED_TOKEN_URL",
    )


@dataclass(frozen=True, slots=True)
class IndeedClient:
    """A token, and what it opens."""

    token: PartnerToken
    graph: PartnerGraph


@asynccontextmanager
async def open_client(settings: IndeedSettings) -> AsyncIterator[IndeedClient]:
    """Keep connections for as long as the block lasts; nothing is asked yet."""
    async with open_http(hooks=(show,)) as http:
        token = PartnerToken(http, credentials_of(settings))
        graph = PartnerGraph(http, token, url=settings.indeed_graphql_url)
        yield IndeedClient(token, graph)

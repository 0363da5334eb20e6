"""HTTP with SEEK: one client, its headers, and what goes wrong."""

from contextlib import AbstractContextManager
from uuid import uuid4

import httpx

from letterbox.boards.client import http as shared

SEEN = "letterbox.seen"
"""Of a request's extensions: a list that takes the response, for gql hides it."""


def open_http(timeout: float = 30) -> httpx.AsyncClient:
    """
    Make the client that everything toward SEEK shares; use it as ``async with``.

    ``timeout``, in seconds, is for a whole call, and for each part of a download.
    """
    language = {"Accept-Language": "en-AU"}
    return shared.open_http(timeout, headers=language, hooks=(_show,))


async def _show(response: httpx.Response) -> None:
    response.request.extensions.get(SEEN, []).append(response)


def call_headers(token: str | None = None) -> dict[str, str]:
    """Return the headers of one call; SEEK can look up its ``X-Request-Id``."""
    headers = {"X-Request-Id": str(uuid4())}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def reaching(what: str) -> AbstractContextManager[None]:
    """Make every failure of the network one BoardUnavailableError."""
    return shared.reaching(f"SEEK's {what}")

"""Calls of a board's API, which the board can look up."""

from uuid import uuid4

import httpx

SEEN = "letterbox.seen"
"""Of a request's extensions: a list that takes the response, for gql hides it."""


async def show(response: httpx.Response) -> None:
    """Put a response where its request wants it: a hook of the client."""
    response.request.extensions.get(SEEN, []).append(response)


def call_headers(token: str | None = None) -> dict[str, str]:
    """Return the headers of one call; the board can look up its ``X-Request-Id``."""
    headers = {"X-Request-Id": str(uuid4())}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return headers

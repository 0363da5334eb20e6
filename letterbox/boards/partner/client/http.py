"""HTTP with a board: one client, its headers, and what goes wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from importlib.metadata import version
from uuid import uuid4

import httpx

from letterbox.boards.partner.client.bounded import bound
from letterbox.domain.errors import BoardUnavailableError
from letterbox.network_reasons import reason_of

SEEN = "letterbox.seen"
"""Of a request's extensions: a list that takes the response, for gql hides it."""

_CONNECT = 5.0


def open_http(
    timeout: float = 30, headers: Mapping[str, str] | None = None
) -> httpx.AsyncClient:
    """
    Make the client that everything toward a board shares; use it as ``async with``.

    ``timeout``, in seconds, is for a whole call, and for each part of a download.
    """
    return httpx.AsyncClient(
        timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT)),
        # Semaphores limit what runs; waiting for a connection would count as time.
        limits=httpx.Limits(max_connections=None),
        follow_redirects=False,
        headers={
            "User-Agent": f"letterbox/{version('letterbox')}",
            **(headers or {}),
        },
        event_hooks={"response": [_show, bound]},
    )


async def _show(response: httpx.Response) -> None:
    response.request.extensions.get(SEEN, []).append(response)


def call_headers(token: str | None = None) -> dict[str, str]:
    """Return the headers of one call; the board can look up its ``X-Request-Id``."""
    headers = {"X-Request-Id": str(uuid4())}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return headers


@contextmanager
def reaching(what: str) -> Iterator[None]:
    """Make every failure of the network one BoardUnavailableError, of ``what``."""
    # None of their texts: they may quote addresses, headers and bodies.
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise BoardUnavailableError(f"{what}: {reason_of(error)}") from None


def passes(status: int) -> bool:
    """Return whether the same call may succeed later, by its HTTP status."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }

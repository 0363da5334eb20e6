"""HTTP with a board: one client, and what goes wrong."""

import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from importlib.metadata import version

import httpx

from letterbox.boards.client.bounded import bound
from letterbox.domain.errors import BoardUnavailableError
from letterbox.network_reasons import reason_of

CONNECT = 5.0
"""Seconds for a connection, addresses and all."""
NETWORK_ERRORS = (
    *(httpx.HTTPError, httpx.InvalidURL, TimeoutError),
    # httpx lets pass what TLS meets once it is set up: a record that was changed, say.
    ssl.SSLError,
    # Of names of hosts that cannot be encoded.
    UnicodeError,
)
"""All that a request may raise."""
Hook = Callable[[httpx.Response], Awaitable[None]]


@cache
def certificates() -> ssl.SSLContext:
    """Return what every client trusts; to read the authorities takes 20 ms a time."""
    return httpx.create_ssl_context()


def open_http(
    timeout: float = 30,
    *,
    headers: Mapping[str, str] | None = None,
    hooks: tuple[Hook, ...] = (),
    auth: httpx.Auth | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """
    Make the client that everything toward a board shares; use it as ``async with``.

    ``timeout``, in seconds, is for a whole call, and for each part of a download.
    """
    return httpx.AsyncClient(
        timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT)),
        # Semaphores limit what runs; waiting for a connection would count as time.
        limits=httpx.Limits(max_connections=None),
        follow_redirects=False,
        headers={
            "User-Agent": f"letterbox/{version('letterbox')}",
            **(headers or {}),
        },
        event_hooks={"response": [*hooks, bound]},
        auth=auth,
        transport=transport,
        verify=certificates(),
    )


@contextmanager
def reaching(what: str) -> Iterator[None]:
    """Make every failure of the network one BoardUnavailableError."""
    # None of their texts: they may quote addresses, headers and bodies.
    try:
        yield
    except NETWORK_ERRORS as error:
        raise BoardUnavailableError(f"{what}: {reason_of(error)}") from None


def passes(status: int) -> bool:
    """Return whether the same call may succeed later, by its HTTP status."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }

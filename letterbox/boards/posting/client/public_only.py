"""
Connections to addresses that a stranger has chosen: to the public internet only.

A name is looked up once, and what was looked at is what is connected to: an answer
of the name server that changes in between leads nowhere else.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence

import httpx

from letterbox.domain.errors import BoardUnavailableError
from letterbox.public_addresses import is_public_address

LookUp = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the addresses of a host, the one to prefer first; raises OSError."""


def listed_address(url: str, hosts: Collection[str]) -> httpx.URL | None:
    """
    Return an address if it is one of https, at one of these hosts, and nothing else.

    A host goes with its port where that is not 443. The URL is parsed once: what is
    returned is what is connected to.
    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    is_listed = address.netloc.decode() in {host.lower() for host in hosts}
    is_fit = address.scheme == "https" and is_listed and not address.userinfo
    return address if is_fit else None


async def look_up(host: str) -> Sequence[str]:
    """Ask the system."""
    loop = asyncio.get_running_loop()
    known = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in known]


async def public_addresses(host: str, look_up: LookUp = look_up) -> Sequence[str]:
    """
    Look up a host all of whose addresses are public.

    Raises BoardUnavailableError where one is not: that is trouble with the name
    server, and may pass.
    """
    addresses = await look_up(host)
    if not addresses or not all(map(is_public_address, addresses)):
        raise BoardUnavailableError(
            "the board's name leads to an address that is not public"
        )
    return addresses


class PinnedTransport(httpx.AsyncBaseTransport):
    """
    Connects to the addresses that ``addresses`` allows, and to nothing in between.

    No proxy is used. Tests allow addresses of this machine; settings cannot.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, addresses: LookUp = public_addresses
    ) -> None:
        self._inner = inner
        self._addresses = addresses

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to an address that was looked at, under its own name."""
        try:
            *others, last = await self._addresses(request.url.host)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the name is not known") from error
        for address in others:
            try:
                return await self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._send(request, last)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        # Its headers have the host's own name already, and TLS is to know it, too.
        named = {**request.extensions, "sni_hostname": request.url.host}
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions=named,
        )
        return await self._inner.handle_async_request(pinned)

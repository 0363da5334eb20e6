"""
Requests to addresses that others chose: to public addresses alone.

A board names where its documents lie, or where it wants to be told something. Whoever
could put an address of their own there must not reach what only this machine reaches.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

import httpx

from letterbox.boards.client.addresses import HTTPS, origin
from letterbox.boards.client.http import CONNECT, certificates
from letterbox.domain.errors import BoardUnavailableError
from letterbox.public_addresses import is_public_address

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the IP addresses of a host and port, the one to prefer first (OSError)."""
# Kept connections go by their IP addresses, and two hosts may share one.
_KEPT = httpx.Limits(max_keepalive_connections=0)


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class PublicHosts(httpx.AsyncBaseTransport):
    """
    Connects to public addresses alone, and through no proxy.

    A host is looked up once for each request, and the connection goes to an address
    that was checked: a name that leads elsewhere a moment later gains nothing.
    ``sandbox`` is the one origin that is let through, for development; ``inner`` and
    ``resolve`` are beneath all that is checked.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport | None = None,
        *,
        sandbox: httpx.URL | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._inner = inner or httpx.AsyncHTTPTransport(
            verify=certificates(), limits=_KEPT
        )
        self._sandbox = origin(sandbox) if sandbox else None
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it to the first address that takes a connection."""
        if origin(request.url) == self._sandbox:
            return await self._inner.handle_async_request(request)
        *others, last = await self._addresses(request.url)
        for address in others:
            try:
                return await self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._send(request, last)

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """Look a host up; one that leads inside may be its name server's mistake."""
        try:
            async with asyncio.timeout(CONNECT):
                addresses = await self._resolve(
                    url.raw_host.decode(), url.port or HTTPS
                )
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the host is not known") from error
        if not addresses:
            raise httpx.ConnectError("the host has no address")
        if not all(map(is_public_address, addresses)):
            raise BoardUnavailableError(
                "the host that the board names leads to an address that is not public"
            )
        return list(dict.fromkeys(addresses))

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        # The certificate is still the host's, and so is the header Host.
        host = request.url.raw_host.decode()
        at_address = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(at_address)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

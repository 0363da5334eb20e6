"""
Requests to addresses that others chose: to allowed hosts, at public addresses alone.

A board names where its documents lie, or where it wants to be told something. Whoever
could put an address of their own there must not reach what only this machine reaches.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from letterbox.boards.client.downloads import origin
from letterbox.boards.client.http import CONNECT
from letterbox.domain.errors import BoardRefusedError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_HTTPS = 443
_NAT64 = IPv6Network("64:ff9b::/96")
# A translator of one's own network: Python counts it in from 3.13 on.
_OWN_NAT64 = IPv6Network("64:ff9b:1::/48")


def refuse_other_hosts(url: httpx.URL, allowed: Sequence[str]) -> None:
    """
    Raise BoardRefusedError unless it is https at an allowed host, and no more.

    ``*.example.com`` allows all names below that one.
    """
    is_plain = url.scheme == "https" and url.port is None and not url.userinfo
    if not is_plain or not any(_names(one, url.host) for one in allowed):
        raise BoardRefusedError("the address leads to a host that is not allowed")


def _names(allowed: str, host: str) -> bool:
    if allowed.startswith("*."):
        return host.endswith(allowed[1:])
    return host == allowed


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the internet's, and of one machine's."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address):
        is_tunnel = known.sixtofour or known.teredo or known in _OWN_NAT64
        if is_tunnel or known.is_site_local:
            return False
        known = _within(known)
    return known.is_global and not known.is_multicast


def _within(address: IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a host."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class PublicHosts(httpx.AsyncBaseTransport):
    """
    Connects to public addresses alone.

    A host is looked up once for each request, and the connection goes to an address
    that was checked: a name that leads elsewhere a moment later gains nothing.
    ``sandbox`` is the one origin that is let through, for development.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        sandbox: httpx.URL | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._inner = inner
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
        try:
            async with asyncio.timeout(CONNECT):
                addresses = await self._resolve(url.host, url.port or _HTTPS)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the host is not known") from error
        if not addresses:
            raise httpx.ConnectError("the host has no address")
        if not all(map(is_public, addresses)):
            raise BoardRefusedError("the address leads into a private network")
        return list(dict.fromkeys(addresses))

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        # The certificate is still the host's, and so is the header Host.
        host = request.url.host
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

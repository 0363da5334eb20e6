"""Fetch a feed from the web: within a time, a size, and the public web."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

import httpx

from letterbox.domain.errors import FeedCutOffError, FeedUnavailableError
from letterbox.network_reasons import reason_of
from letterbox.public_addresses import is_public_address

_TIMEOUT = 30.0
_MOVES = 5
_MIB = 1024 * 1024
_DIGITS = 20
# zlib's wrappers are told apart by feed_unpacking; what else there is nobody asked for.
_CODINGS = {"", "identity", "gzip", "x-gzip"}


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """How long a download may take in all, and how large it may be on the wire."""

    within: timedelta = timedelta(minutes=10)
    most: int = 512 * _MIB


def feed_name(url: str) -> str:
    """Name a feed by its address, without what may be secret in it."""
    try:
        bare = httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None)
    except httpx.InvalidURL:
        raise FeedUnavailableError("the feed's address is not a valid URL") from None
    return str(bare)


def download_feed(
    url: str,
    into: BinaryIO,
    progress: Callable[[int, int | None], None],
    limits: DownloadLimits | None = None,
) -> None:
    """
    Copy a feed into a file; ``progress`` hears the bytes so far and of how many.

    Raises FeedUnavailableError, and FeedCutOffError where only its beginning is in the
    file. What is gzipped stays so.
    """
    name = feed_name(url)
    limits = limits or DownloadLimits()
    try:
        asyncio.run(_within(limits, _download(name, url, into, progress, limits)))
    except TimeoutError:
        raise _failure(
            name, into, f"not within {limits.within.total_seconds():g} s"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise _failure(name, into, reason_of(error)) from None
    into.seek(0)


def _failure(name: str, into: BinaryIO, reason: str) -> FeedUnavailableError:
    is_begun = into.tell() > 0
    into.seek(0)
    kind = FeedCutOffError if is_begun else FeedUnavailableError
    return kind(f"{name}: {reason}")


async def _within(limits: DownloadLimits, work: Awaitable[None]) -> None:
    # Of the whole: a server that sends a byte now and then would never time out.
    async with asyncio.timeout(limits.within.total_seconds()):
        await work


async def _download(
    name: str,
    url: str,
    into: BinaryIO,
    progress: Callable[[int, int | None], None],
    limits: DownloadLimits,
) -> None:
    address = httpx.URL(url)
    may_be_inside = not await is_public_host(address.host)
    headers = {"Accept-Encoding": "gzip"}
    async with httpx.AsyncClient(timeout=_TIMEOUT, headers=headers) as client:
        for _ in range(_MOVES + 1):
            async with client.stream("GET", address) as response:
                if response.has_redirect_location:
                    address = _moved(name, response)
                    if not may_be_inside and not await is_public_host(address.host):
                        raise FeedUnavailableError(
                            f"{name} redirects to an address that is not public"
                        )
                    continue
                if not response.is_success:
                    code = response.status_code
                    raise FeedUnavailableError(f"{name} answers {code}")
                await _copy(name, response, into, progress, limits)
                return
    raise FeedUnavailableError(f"{name} redirects too often")


def _moved(name: str, response: httpx.Response) -> httpx.URL:
    address = response.url.join(response.headers["Location"])
    if address.scheme not in {"http", "https"} or not address.host:
        raise FeedUnavailableError(
            f"{name} redirects to something that is not a web address"
        )
    return address


async def _copy(
    name: str,
    response: httpx.Response,
    into: BinaryIO,
    progress: Callable[[int, int | None], None],
    limits: DownloadLimits,
) -> None:
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise FeedUnavailableError(f"{name} is in an encoding that was not requested")
    length = response.headers.get("content-length", "")
    total = int(length) if length.isdecimal() and len(length) < _DIGITS else None
    async for chunk in response.aiter_raw():
        if response.num_bytes_downloaded > limits.most:
            raise _failure(name, into, f"larger than {limits.most} bytes")
        into.write(chunk)
        progress(response.num_bytes_downloaded, total)


async def is_public_host(host: str) -> bool:
    """
    Return whether a host has public addresses only.

    One without any known here is left to whom we ask for it: a proxy may know it.
    """
    try:
        addresses = await asyncio.get_running_loop().getaddrinfo(
            host, None, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        return True
    return all(is_public_address(str(address[0])) for *_, address in addresses)

"""Fetch a feed from the web."""

from collections.abc import Callable
from typing import BinaryIO

import httpx

from domain.errors import FeedUnavailableError

_TIMEOUT = 30.0


def feed_name(url: str) -> str:
    """Name a feed by its address, without what may be secret in it."""
    try:
        bare = httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None)
    except httpx.InvalidURL:
        raise FeedUnavailableError("the feed's address is not an address") from None
    return str(bare)


def download_feed(
    url: str, into: BinaryIO, progress: Callable[[int, int | None], None]
) -> None:
    """Copy a feed into a file; ``progress`` hears the bytes so far and of how many."""
    name = feed_name(url)
    try:
        with httpx.stream(
            "GET", url, timeout=_TIMEOUT, follow_redirects=True
        ) as response:
            response.raise_for_status()
            length = response.headers.get("content-length", "")
            total = int(length) if length.isdecimal() else None
            for chunk in response.iter_bytes():
                into.write(chunk)
                progress(response.num_bytes_downloaded, total)
    except httpx.HTTPStatusError as error:
        code = error.response.status_code
        raise FeedUnavailableError(f"{name} answers {code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedUnavailableError(f"{name}: {type(error).__name__}") from None
    into.seek(0)

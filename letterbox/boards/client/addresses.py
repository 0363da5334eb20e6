"""Addresses that others chose: read, compared, and refused unless they are listed."""

from collections.abc import Sequence

import httpx

from letterbox.domain.errors import BoardRefusedError

HTTPS = 443


def address_of(reference: str, base: httpx.URL | None = None) -> httpx.URL:
    """Read an address, relative to another if there is one (BoardRefusedError)."""
    try:
        return (base or httpx.URL()).join(reference)
    except (httpx.InvalidURL, ValueError):
        message = "the board names an address that is not valid"
        raise BoardRefusedError(message) from None


def origin(url: httpx.URL) -> tuple[object, ...]:
    """Return what must be the same for an address to lead to the same server."""
    # With a user in its address, httpx would send that one instead of a token.
    return url.scheme, url.raw_host, url.port, url.userinfo


def refuse_other_hosts(url: httpx.URL, listed: Sequence[str], setting: str) -> None:
    """
    Raise BoardRefusedError unless it is https at a host that a setting lists.

    ``*.example.com`` stands for all names below that one; a port is listed with its
    host where it is not 443.
    """
    is_plain = url.scheme == "https" and not url.userinfo
    if not is_plain or not any(_names(one, url) for one in listed):
        raise BoardRefusedError(
            "the board names an address that is not https, or whose host is not in "
            f"{setting}"
        )


def _names(listed: str, url: httpx.URL) -> bool:
    name, _, port = listed.partition(":")
    host = url.raw_host.decode()
    is_host = host.endswith(name[1:]) if name.startswith("*.") else host == name
    return is_host and int(port or HTTPS) == (url.port or HTTPS)

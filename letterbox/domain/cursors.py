"""Cursors of lists: opaque, and good for the list alone that they come from."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

from letterbox.domain.errors import MalformedError

_SEAL_BYTES = 12


def seal(token: bytes, query: str, key: bytes) -> str:
    """Return a cursor: what we did not give out never reaches Temporal."""
    return urlsafe_b64encode(_seal(token, query, key) + token).decode().rstrip("=")


def unseal(cursor: str, query: str, keys: Iterable[bytes]) -> bytes:
    """Return the token of a cursor for the same query (MalformedError)."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        body = urlsafe_b64decode(padded.encode("ascii"))
    except ValueError:
        body = b""
    sealed, token = body[:_SEAL_BYTES], body[_SEAL_BYTES:]
    fits = [hmac.compare_digest(sealed, _seal(token, query, key)) for key in keys]
    if not any(fits):
        raise MalformedError("this cursor belongs to another list, or is not valid")
    return token


def _seal(token: bytes, query: str, key: bytes) -> bytes:
    message = f"cursor {len(query)} {query}".encode() + token
    return hmac.digest(key, message, "sha256")[:_SEAL_BYTES]

"""Cursors of lists: opaque, and good for the list alone that they come from."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

from letterbox.domain.errors import MalformedError

_SEAL_BYTES = 12
_BLOCK_BYTES = 32


def seal(token: bytes, query: str, key: bytes) -> str:
    """
    Return a cursor: what we did not give out never reaches Temporal.

    Nobody can read it: it may name what was passed over, since it is not for everybody.
    """
    sealed = _seal(token, query, key)
    body = sealed + _masked(token, sealed, key)
    return urlsafe_b64encode(body).decode().rstrip("=")


def unseal(cursor: str, query: str, keys: Iterable[bytes]) -> bytes:
    """Return the token of a cursor for the same query (MalformedError)."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        body = urlsafe_b64decode(padded.encode("ascii"))
    except ValueError:
        body = b""
    sealed, masked = body[:_SEAL_BYTES], body[_SEAL_BYTES:]
    for key in keys:
        token = _masked(masked, sealed, key)
        if hmac.compare_digest(sealed, _seal(token, query, key)):
            return token
    raise MalformedError("this cursor belongs to another list, or is not valid")


def _seal(token: bytes, query: str, key: bytes) -> bytes:
    message = f"cursor {len(query)} {query}".encode() + token
    return hmac.digest(key, message, "sha256")[:_SEAL_BYTES]


def _masked(token: bytes, sealed: bytes, key: bytes) -> bytes:
    """Hide a token, or show it again: the seal is of it, so no mask is used twice."""
    mask = b"".join(
        hmac.digest(key, b"mask" + sealed + start.to_bytes(4), "sha256")
        for start in range(0, len(token), _BLOCK_BYTES)
    )
    return bytes(one ^ other for one, other in zip(token, mask, strict=False))

"""Where a list goes on, sealed: what we did not give out never reaches Temporal."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

from letterbox.domain.errors import MalformedError

_SEAL_BYTES = 12


def seal(place: bytes, asked: str, key: bytes) -> str:
    """Make the cursor for who asks for the same again, from a place on."""
    return urlsafe_b64encode(_seal(place, asked, key) + place).decode().rstrip("=")


def unseal(cursor: str, asked: str, keys: Iterable[bytes]) -> bytes:
    """Find the place (MalformedError)."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        body = urlsafe_b64decode(padded.encode("ascii"))
    except ValueError:
        body = b""
    sealed, place = body[:_SEAL_BYTES], body[_SEAL_BYTES:]
    fits = [hmac.compare_digest(sealed, _seal(place, asked, key)) for key in keys]
    if not any(fits):
        raise MalformedError("the cursor was given for another list, or by nobody")
    return place


def _seal(place: bytes, asked: str, key: bytes) -> bytes:
    told = f"cursor {len(asked)} {asked}".encode() + place
    return hmac.digest(key, told, "sha256")[:_SEAL_BYTES]

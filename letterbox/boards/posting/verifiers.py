"""The ways in which boards sign a body."""

import hmac
from base64 import b64encode
from collections.abc import Sequence

from letterbox.domain.errors import SignatureError


class HmacVerifier:
    """
    Checks an HMAC over the raw body, by any of the secrets, in constant time.

    ``prefix`` is signed before the body: some boards put a time or an id there.
    ``takes_hex`` lets the signature be in hex, too.
    """

    def __init__(
        self,
        signature: str | None,
        secrets: Sequence[bytes],
        digest: str,
        *,
        prefix: bytes = b"",
        takes_hex: bool = False,
    ) -> None:
        self._signature = (signature or "").strip().encode()
        self._takes_hex = takes_hex
        self._macs = [hmac.new(secret, prefix, digest) for secret in secrets]

    def update(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        for mac in self._macs:
            mac.update(chunk)

    def verify(self) -> None:
        """Raise SignatureError unless the signature is one of ours, in base64."""
        fitting = [b64encode(mac.digest()) for mac in self._macs]
        if self._takes_hex:
            fitting += [mac.hexdigest().encode() for mac in self._macs]
        matches = [hmac.compare_digest(one, self._signature) for one in fitting]
        _refuse_unless_any(matches, "signature")


class KeyVerifier:
    """Checks a secret that a board sends as it is, in a header."""

    def __init__(self, key: str | None, secrets: Sequence[bytes]) -> None:
        # As the bytes came: HTTP's headers are read as Latin-1, whatever they are.
        self._key = (key or "").encode("latin-1", "replace")
        self._secrets = secrets

    def update(self, chunk: bytes) -> None:
        """Take the next bytes of the body, which such a board does not sign."""

    def verify(self) -> None:
        """Raise SignatureError unless the key is one of the secrets."""
        matches = [hmac.compare_digest(secret, self._key) for secret in self._secrets]
        _refuse_unless_any(matches, "key")


def _refuse_unless_any(matches: list[bool], what: str) -> None:
    # A list: each secret has been compared, so that the time tells nothing of which.
    if not any(matches):
        raise SignatureError(f"the {what} is missing or matches no secret")


def sign(body: bytes, secret: str, digest: str, *, prefix: bytes = b"") -> str:
    """Sign a body as a board does, in base64."""
    mac = hmac.new(secret.encode(), prefix + body, digest)
    return b64encode(mac.digest()).decode()

"""
Standard Webhooks, on a body that is still coming.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
The library of that name wants a body whole, as text and on time, so that it only signs.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from letterbox.boards.generic.settings import key_of
from letterbox.boards.posting.moments import moment_of_seconds
from letterbox.domain.errors import SignatureError

_VERSION = "v1,"
# Two secrets, two versions: more signatures are nobody's.
_MAX_SIGNATURES = 20
TOLERANCE = timedelta(minutes=5)
"""How far the clocks of both sides may be apart, by the specification."""


class StandardWebhookVerifier:
    """
    Checks ``webhook-signature`` over id, timestamp and body, by any of the secrets.

    An old timestamp is not refused. It would keep a stranger from sending again what he
    has seen, which changes nothing here: the application is known by its id. And it
    would lose whoever applied while a sender, or we, were away for a day.
    """

    def __init__(self, headers: Mapping[str, str], secrets: Sequence[bytes]) -> None:
        message, timestamp = (
            headers.get(name, "") for name in ("webhook-id", "webhook-timestamp")
        )
        self._is_complete = bool(message and timestamp)
        signed = f"{message}.{timestamp}.".encode("latin-1", "replace")
        self._macs = [
            hmac.new(key_of(secret.decode()), signed, "sha256") for secret in secrets
        ]
        signatures = headers.get("webhook-signature", "").split()[:_MAX_SIGNATURES]
        self._signatures = [
            one.removeprefix(_VERSION).encode("latin-1", "replace")
            for one in signatures
            if one.startswith(_VERSION)
        ]

    def update(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        for mac in self._macs:
            mac.update(chunk)

    def verify(self) -> None:
        """Raise SignatureError unless one of the signatures is ours."""
        expected = [b64encode(mac.digest()) for mac in self._macs]
        matches = [
            hmac.compare_digest(ours, theirs)
            for ours in expected
            for theirs in self._signatures
        ]
        if not self._is_complete or not any(matches):
            raise SignatureError("webhook-signature is missing or matches no secret")


def is_late(headers: Mapping[str, str], now: datetime) -> bool:
    """Return whether a timestamp is further from now than the tolerance."""
    sent_at = moment_of_seconds(headers.get("webhook-timestamp"))
    return sent_at is None or abs(now - sent_at) > TOLERANCE

"""How ZipRecruiter signs: a time and the body; two forms of the time were seen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from letterbox.boards.node import Node
from letterbox.boards.posting.verifiers import HmacVerifier

SIGNATURE = "X-ZipRecruiter-Signature"
TIMESTAMP = "X-ZipRecruiter-Signature-Timestamp"
DIGEST = "sha256"

log = structlog.get_logger()


def prefix_of(timestamp: str) -> bytes:
    """Return what is signed before the body: the time, as it is in its header."""
    return timestamp.encode("latin-1", "replace") + b"."


def moment_of(timestamp: str) -> datetime | None:
    """Read ISO 8601 or seconds since 1970; None for anything else."""
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return Node(timestamp).moment()


class TimedVerifier(HmacVerifier):
    """
    Checks base64 of HMAC-SHA256 over time, dot and body.

    A time that is far off is logged, and taken: what waited out an outage is old, and
    a repeat does no harm.
    """

    def __init__(
        self,
        signature: str | None,
        timestamp: str | None,
        secrets: Sequence[bytes],
        window: timedelta,
    ) -> None:
        self._timestamp = timestamp or ""
        self._window = window
        super().__init__(signature, secrets, DIGEST, prefix=prefix_of(self._timestamp))

    def verify(self) -> None:
        """Raise SignatureError unless the signature is one of ours."""
        super().verify()
        signed_at = moment_of(self._timestamp)
        away = None if signed_at is None else abs(datetime.now(UTC) - signed_at)
        if away is None or away > self._window:
            log.warning(
                "a signature is out of its time",
                board="ziprecruiter",
                seconds=None if away is None else round(away.total_seconds()),
            )

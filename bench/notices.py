"""SEEK's webhooks, ready to be sent: ten events a request, signed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from bench.forms import SECRET
from letterbox.boards.seek.webhook import sign

PATH = "/webhooks/seek"
EVENTS = 10
"""As many as SEEK puts into a request."""


class Notices:
    """Makes whole HTTP requests of events that never happened before."""

    def make(self) -> Sequence[bytes]:
        """Return the pieces of a request."""
        body = _body()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Seek-Signature: {sign(body, SECRET.encode())}\r\n"
            f"X-Request-Id: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return (head.encode() + body,)

    @staticmethod
    def is_whole(answer: bytes) -> bool:
        """Return whether nothing of an answer is missing."""
        return answer.endswith(b"\r\n\r\n")

    @staticmethod
    def is_accepted(answer: bytes) -> bool:
        """Return whether it is the right one."""
        return answer.startswith(b"HTTP/1.1 204 ")


def _body() -> bytes:
    moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    events = [
        {
            "id": f"seekAnz:event:events:{uuid4()}",
            "type": "CandidateApplicationCreated",
            "createDateTime": moment,
            "candidateApplicationProfileId": f"seekAnz:profile:apply:{uuid4()}",
            "candidateId": f"seekAnz:candidate:feed:{uuid4()}",
        }
        for _ in range(EVENTS)
    ]
    subscription = "seekAnz:webhookSubscription:events:bench"
    return json.dumps({"events": events, "subscriptionId": subscription}).encode()

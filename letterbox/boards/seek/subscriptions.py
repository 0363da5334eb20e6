"""
Our webhook subscriptions, as SEEK describes them.

https://developer.seek.com/events/webhooks
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.boards.seek.events import CANDIDATE_APPLICATION_CREATED, is_fit

PATH = "/webhooks/seek"
FAILURES = ("BadResponse", "RequestTimeout", "InvalidUrl")
"""How a request ends that was not accepted, in SEEK's words."""

ALGORITHM = "SeekHmacSha512"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription, as far as it matters to us; None is not told."""

    event_type: str | None
    algorithm: str | None
    url: str
    failures: tuple[str, ...]
    """Of the requests that were asked for: code and HTTP status."""

    def faults(self) -> list[str]:
        """Return, in words, why applications would not come in by it."""
        faults = []
        if self.event_type != CANDIDATE_APPLICATION_CREATED:
            faults.append(f"it is not for {CANDIDATE_APPLICATION_CREATED}")
        if self.algorithm != ALGORITHM:
            faults.append(f"it is not signed with {ALGORITHM}")
        if not is_our_endpoint(self.url):
            faults.append(f"its address does not end in {PATH}")
        return faults


def read_subscription(value: JsonValue) -> Subscription | None:
    """Read what is under ``webhookSubscription``; None where there is none."""
    node = Node(value)
    if not node:
        return None
    requests = (edge.node("node") for edge in node.nodes("webhookRequests", "edges"))
    return Subscription(
        event_type=node.text("eventTypeCode"),
        algorithm=node.text("signingAlgorithmCode"),
        url=node.text("url") or "",
        failures=tuple(map(_failure, requests)),
    )


def subscriptions_to_us(connection: JsonValue) -> Iterator[str]:
    """Return the ids under ``webhookSubscriptions`` whose address is one of ours."""
    for edge in Node(connection).nodes("edges"):
        node = edge.node("node")
        identifier = node.identifier("id")
        if (
            identifier
            and is_fit(identifier)
            and is_our_endpoint(node.text("url") or "")
        ):
            yield identifier


def is_our_endpoint(url: str) -> bool:
    """Return whether an address may be that of our endpoint, behind any proxy."""
    try:
        return urlsplit(url).path.endswith(PATH)
    except ValueError:
        return False


def _failure(request: Node) -> str:
    code = request.text("descriptionCode")
    status = request.node("statusCode").value
    known = code if code in FAILURES else "unknown"
    return f"{known} {status}" if isinstance(status, int) else known

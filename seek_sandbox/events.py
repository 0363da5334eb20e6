"""The stream of events, in the order in which they happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from seek_sandbox.orders import Delivery, Emitted
from seek_sandbox.times import now, written

# SEEK orders by stream time; the time an event tells of itself is a little earlier.
MAX_LAG = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One HTTP request with events, as SEEK keeps a record of it."""

    request_id: str
    created_at: datetime
    attempt: int
    status: int
    code: str
    """Success, BadResponse, RequestTimeout or InvalidUrl."""
    latency_ms: int | None
    event_ids: Sequence[str]


@dataclass(slots=True, eq=False)
class Event:
    """Something that happened; ``details`` are the webhook's keys of its type."""

    event_id: str
    type: str
    created_at: datetime
    stream_at: datetime
    subscription_id: str
    details: dict[str, str]
    position_profile_id: str | None = None
    delivery: Delivery = "off"
    requests: list[WebhookRequest] = field(default_factory=list)

    @property
    def delivered(self) -> bool:
        """Return whether a webhook request with it was ever accepted."""
        return any(request.code == "Success" for request in self.requests)

    def webhook_json(self) -> dict[str, str]:
        """Write it as a webhook does: ids are plain strings."""
        return {
            "id": self.event_id,
            "type": self.type,
            "createDateTime": written(self.created_at),
            **self.details,
        }

    def emitted(self) -> Emitted:
        """Show it in the control API."""
        return Emitted(
            event_id=self.event_id,
            type=self.type,
            application_profile_id=self.details.get("candidateApplicationProfileId"),
            candidate_id=self.details.get("candidateId"),
            position_profile_id=self.position_profile_id,
            hirer_id=self.details.get("hirerId"),
            delivery=self.delivery,
        )


class Stream:
    """All events; stream times only rise, however the clock is set."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._known: dict[str, Event] = {}

    def next_time(self) -> datetime:
        """Return when the next event enters the stream."""
        earliest = self.events[-1].stream_at if self.events else None
        return max(now(), earliest or now())

    def append(self, event: Event) -> None:
        """Let an event happen."""
        self.events.append(event)
        self._known[event.event_id] = event

    def find(self, event_id: str) -> Event | None:
        """Find an event by its id."""
        return self._known.get(event_id)


def chosen_by(args: dict[str, Any]) -> Callable[[Event], bool]:
    """
    Read an ``EventsFilterInput``.

    Without ``subscriptionId`` it chooses from the persistent stream. NOT SEEN:
    whether the two times are included; they are not.
    """
    after = args.get("afterDateTime")
    before = args.get("beforeDateTime")
    types = args.get("eventTypeCodes")
    subscription = args.get("subscriptionId")
    delivered = args.get("deliveredIndicator")

    def chosen(event: Event) -> bool:
        return (
            (after is None or event.stream_at > after)
            and (before is None or event.stream_at < before)
            and (types is None or event.type in types)
            and (subscription is None or event.subscription_id == subscription)
            and (delivered is None or event.delivered is delivered)
        )

    return chosen

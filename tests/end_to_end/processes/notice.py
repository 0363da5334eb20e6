"""Webhooks as SEEK sends them: up to ten events each, signed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import httpx

from letterbox.boards.seek.webhook import sign
from letterbox.domain.ids import application_id
from seek_sandbox.orders import Emitted
from tests.support import http

SECRET = "the secret of SEEK's webhook"
_MAX = 10


@dataclass(frozen=True, slots=True)
class Notice:
    """One request, of applications that the sandbox has."""

    events: Sequence[Emitted]

    @property
    def id(self) -> str:
        """Its first event's."""
        return self.events[0].event_id

    @property
    def applications(self) -> list[str]:
        """The ids that Letterbox gives them."""
        return [application_id("seek", event.event_id) for event in self.events]

    def post(self, url: str) -> httpx.Response:
        """Send it to a Letterbox; raises httpx.TransportError without an answer."""
        body = json.dumps(
            {
                "events": [
                    {
                        "id": event.event_id,
                        "type": event.type,
                        "createDateTime": datetime.now(UTC).isoformat(),
                        "candidateApplicationProfileId": event.application_profile_id,
                        "candidateId": event.candidate_id,
                        "hirerId": event.hirer_id,
                    }
                    for event in self.events
                ],
                "subscriptionId": "subscription",
                "url": url,
            }
        ).encode()
        headers = {"Seek-Signature": sign(body, SECRET.encode())}
        webhook = httpx.URL(url).join("/webhooks/seek")
        return http().post(webhook, content=body, headers=headers)


def notices(random: Random, events: Sequence[Emitted]) -> Iterator[Notice]:
    """Give notice of each event once, of one to ten in a request."""
    first = 0
    while first < len(events):
        size = random.randint(1, _MAX)
        yield Notice(events[first : first + size])
        first += size

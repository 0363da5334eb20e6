"""Deliveries made by hand, and where they come to lie."""

import json
from typing import Any
from uuid import uuid4

from tests.end_to_end.seek.seek_stack import Desk
from tests.support import ROOT

SAMPLE = (ROOT / "tests/samples/seek/webhook.json").read_bytes()


def events(number: int, **changes: Any) -> bytes:
    """Make a delivery of so many applications, with ids of their own."""
    return json.dumps(
        {
            "events": [
                {
                    "id": str(uuid4()),
                    "type": "CandidateApplicationCreated",
                    "createDateTime": "2026-11-22T00:00:00Z",
                    "candidateApplicationProfileId": "profile",
                    "candidateId": "candidate",
                    **changes,
                }
                for _ in range(number)
            ],
            "subscriptionId": "subscription",
        }
    ).encode()


def inbox(desk: Desk) -> int:
    """Count what is accepted and not taken over."""
    return len(list(desk.store.list("inbox/")))

"""What SEEK says of a webhook subscription, and whether that would do."""

from typing import Any

import pytest
from pydantic import JsonValue

from letterbox.boards.seek.subscriptions import (
    is_our_endpoint,
    read_subscription,
    subscriptions_to_us,
)

GOOD: dict[str, Any] = {
    "id": {"value": "one"},
    "eventTypeCode": "CandidateApplicationCreated",
    "signingAlgorithmCode": "SeekHmacSha512",
    "url": "https://jobs.example.com/letterbox/webhooks/seek",
    "webhookRequests": {"edges": []},
}


def test_a_subscription_that_leads_to_us_has_no_faults() -> None:
    """Our subscription is read as SEEK shows it."""
    found = read_subscription(GOOD)

    assert found is not None
    assert found.faults() == []
    assert found.failures == ()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"eventTypeCode": "PositionProfileClosed"}, "not for CandidateApplication"),
        ({"signingAlgorithmCode": "None"}, "not signed with SeekHmacSha512"),
        ({"signingAlgorithmCode": None}, "not signed with SeekHmacSha512"),
        ({"url": "https://jobs.example.com/"}, "does not end in /webhooks/seek"),
        ({"url": None}, "does not end in /webhooks/seek"),
    ],
)
def test_each_fault_of_a_subscription_is_named(
    changed: dict[str, Any], fault: str
) -> None:
    """Each case has one fault."""
    found = read_subscription(GOOD | changed)

    assert found is not None
    [said] = found.faults()
    assert fault in said


def test_failures_are_told_by_code_and_status() -> None:
    """A code that is none of SEEK's may be anything, and is not repeated."""
    requests = [
        {"descriptionCode": "BadResponse", "statusCode": 401},
        {"descriptionCode": "Ada Example", "statusCode": "?"},
    ]
    edges = [{"node": one} for one in requests]

    found = read_subscription(GOOD | {"webhookRequests": {"edges": edges}})

    assert found is not None
    assert found.failures == ("BadResponse 401", "unknown")


@pytest.mark.parametrize("value", [None, {}, [], "one"])
def test_an_absence_is_none(value: Any) -> None:
    """Null, and whatever else is no subscription."""
    assert read_subscription(value) is None


def test_those_that_lead_here_are_named() -> None:
    """Whatever SEEK lists, only ids that are fit to be printed."""
    nodes: list[JsonValue] = [
        {"id": {"value": "here"}, "url": "https://a.example/webhooks/seek?x=1"},
        {"id": {"value": "elsewhere"}, "url": "https://a.example/webhooks/other"},
        {"id": {"value": "odd\x1b"}, "url": "https://a.example/webhooks/seek"},
        {"url": "https://a.example/webhooks/seek"},
    ]

    edges: list[JsonValue] = [{"node": node} for node in nodes]
    named = list(subscriptions_to_us({"edges": edges}))

    assert named == ["here"]
    assert not is_our_endpoint("https://[broken")

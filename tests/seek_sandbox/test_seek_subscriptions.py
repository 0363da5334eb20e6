"""Webhook subscriptions, as a partner sees them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from letterbox.boards.seek.subscriptions import FAILURES
from seek_sandbox.control import NO_TLS, SandboxControl
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import ApplicationOrder
from tests.seek_sandbox.conftest import Serve
from tests.seek_sandbox.partner import OPTIONS, Partner, code
from tests.seek_sandbox.receiver import SECRET, Receiver

MINE = "seekAnz:webhookSubscription:events:mine"
ONE = """
query ($id: String!, $failed: WebhookRequestFilterInput) {
  webhookSubscription(id: $id) {
    id { value } schemeId eventTypeCode signingAlgorithmCode url hirerId { value }
    maxEventsPerAttempt createDateTime updateDateTime
    webhookRequests(filter: $failed) { edges { node { descriptionCode statusCode } } }
    webhookSubscriptionReplays { edges { node { statusCode } } }
  }
}
"""
ALL = """
query ($scheme: String!, $filter: WebhookSubscriptionsFilterInput, $first: Int) {
  webhookSubscriptions(schemeId: $scheme, filter: $filter, first: $first) {
    edges { node { id { value } eventTypeCode } }
    pageInfo { hasNextPage }
  }
}
"""


@pytest.fixture(name="options")
def _options(receiver: Receiver) -> SandboxOptions:
    return replace(
        OPTIONS,
        webhook_url=receiver.url,
        webhook_secret=SECRET,
        webhook_attempts=1,
        subscription_id=MINE,
    )


@pytest.fixture(name="url")
def _url(serve: Serve, options: SandboxOptions) -> str:
    """Serve a SEEK that has somewhere to deliver to."""
    return serve(options)


@pytest.fixture(name="control")
async def _control(url: str) -> AsyncIterator[SandboxControl]:
    async with SandboxControl(url) as control:
        yield control


async def listed(partner: Partner, **only: Any) -> dict[str, str]:
    """List the subscriptions that a filter leaves: the ids of the types."""
    answer = await partner.ask(ALL, scheme="seekAnz", filter=only, first=100)
    edges = answer["data"]["webhookSubscriptions"]["edges"]
    nodes = [edge["node"] for edge in edges]
    return {node["eventTypeCode"]: node["id"]["value"] for node in nodes}


async def test_a_subscription_tells_where_and_how(
    partner: Partner, receiver: Receiver
) -> None:
    """Signed, for one type of event, of every hirer."""
    answer = await partner.ask(ONE, id=MINE)

    found = answer["data"]["webhookSubscription"]
    made, changed = found.pop("createDateTime"), found.pop("updateDateTime")
    assert made == changed
    assert found == {
        "id": {"value": MINE},
        "schemeId": "seekAnz",
        "eventTypeCode": "CandidateApplicationCreated",
        "signingAlgorithmCode": "SeekHmacSha512",
        "url": receiver.url,
        "hirerId": None,
        "maxEventsPerAttempt": 10,
        "webhookRequests": {"edges": []},
        "webhookSubscriptionReplays": {"edges": []},
    }


async def test_webhook_requests_are_filtered_by_outcome(
    partner: Partner, control: SandboxControl, receiver: Receiver
) -> None:
    """Those of other subscriptions are not among them."""
    receiver.statuses = [500]
    await control.apply(ApplicationOrder(wait=20))
    await control.apply(ApplicationOrder(wait=20))

    async def ended(identifier: str, **failed: Any) -> list[str]:
        answer = await partner.ask(ONE, id=identifier, failed=failed)
        found = answer["data"]["webhookSubscription"]["webhookRequests"]["edges"]
        return [edge["node"]["descriptionCode"] for edge in found]

    assert await ended(MINE) == ["BadResponse", "Success"]
    assert await ended(MINE, descriptionCodes=list(FAILURES)) == ["BadResponse"]
    assert await ended(MINE, afterDateTime="2200-01-01T00:00:00Z") == []
    assert await ended((await listed(partner))["PositionProfileClosed"]) == []


async def test_subscriptions_are_listed_by_type_and_hirer(partner: Partner) -> None:
    """There is one for each type of event, and none for a single hirer."""
    everything = await listed(partner)
    ours = await listed(partner, eventTypeCodes=["CandidateApplicationCreated"])

    assert len(set(everything.values())) == len(everything) > 1
    assert ours == {"CandidateApplicationCreated": MINE}
    assert await listed(partner, hirerIds=["any"]) == {}
    assert await listed(partner, beforeDateTime="2020-01-01T00:00:00Z") == {}
    assert code(await partner.ask(ALL, scheme="other")) == "BAD_USER_INPUT"


async def test_an_unknown_subscription_is_null(partner: Partner) -> None:
    """No error: the field is nullable."""
    assert await partner.ask(ONE, id="unknown") == {
        "data": {"webhookSubscription": None}
    }


async def test_without_a_webhook_address_there_is_no_subscription(serve: Serve) -> None:
    """Events are then in the stream alone."""
    async with httpx.AsyncClient(base_url=serve(OPTIONS), verify=NO_TLS) as http:
        assert await listed(Partner(http)) == {}

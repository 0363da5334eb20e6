"""What was delivered can be asked for by GraphQL, as at SEEK."""

from dataclasses import replace

import httpx

from seek_sandbox.control import NO_TLS, SandboxControl
from seek_sandbox.orders import ApplicationOrder
from tests.seek_sandbox.conftest import Serve
from tests.seek_sandbox.partner import OPTIONS, Partner
from tests.seek_sandbox.receiver import SECRET, Receiver

REQUEST = """
query ($id: String!, $scheme: String!) {
  webhookRequest(requestId: $id, schemeId: $scheme) {
    statusCode descriptionCode attempts { event { id { value } } }
  }
}
"""
ATTEMPTS = """
query ($id: String!, $first: Int) {
  webhookAttemptsForEvent(eventId: $id, first: $first) {
    edges { node { webhookRequest { statusCode requestId } } }
    pageInfo { hasNextPage }
  }
}
"""


async def test_webhook_attempts_can_be_queried(
    serve: Serve, receiver: Receiver
) -> None:
    """The undelivered are found by filter, attempts by event, requests by id."""
    receiver.statuses = [500]
    options = replace(
        OPTIONS,
        webhook_url=receiver.url,
        webhook_secret=SECRET,
        webhook_pause=0.02,
        subscription_id="mine",
    )
    url = serve(options)
    async with (
        SandboxControl(url) as control,
        httpx.AsyncClient(base_url=url, verify=NO_TLS, trust_env=False) as http,
    ):
        partner = Partner(http)
        [sent] = await control.apply(ApplicationOrder(wait=20))
        [quiet] = await control.apply(ApplicationOrder(deliver=False))
        missed = await partner.page(
            filter={"subscriptionId": "mine", "deliveredIndicator": False}
        )
        attempts = await partner.ask(ATTEMPTS, id=sent.event_id, first=1)
        request_id = receiver.received[1].headers["X-Request-Id"]
        request = await partner.ask(REQUEST, id=request_id, scheme="seekAnz")

    found = [edge["node"]["id"]["value"] for edge in missed["edges"]]
    assert found == [quiet.event_id]
    shown = attempts["data"]["webhookAttemptsForEvent"]
    assert shown["edges"][0]["node"]["webhookRequest"]["statusCode"] == 500
    assert shown["pageInfo"]["hasNextPage"]
    assert request["data"]["webhookRequest"] == {
        "statusCode": 204,
        "descriptionCode": "Success",
        "attempts": [{"event": {"id": {"value": sent.event_id}}}],
    }

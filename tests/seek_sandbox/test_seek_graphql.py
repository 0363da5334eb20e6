"""Queries are really validated and executed."""

from typing import Any

import pytest
from gql import Client, gql
from gql.transport.httpx import HTTPXAsyncTransport

from seek_sandbox.control import SandboxControl
from seek_sandbox.orders import EventOrder
from seek_sandbox.schema import schema_text
from tests.seek_sandbox.partner import PROFILE, Partner, code

HIRER = "query ($id: String!) { hiringOrganization(id: $id) { name } }"
MUTATION = """
mutation ($input: ReplayWebhookSubscriptionInput!) {
  replayWebhookSubscription(input: $input) { webhookSubscription { url } }
}
"""


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ candidateProfile {", {}),
        ("query ($id: String!) { candidateProfile(id: $id) { nonsense } }", {}),
        ('{ candidateProfile(id: "x") { createDateTime } }', {}),
        (PROFILE, {}),
        (PROFILE, {"id": 7}),
        (PROFILE, {"id": ""}),
        (PROFILE, {"id": "x" * 256}),
    ],
    ids=["syntax", "field", "literal", "missing", "type", "empty", "long"],
)
async def test_a_query_against_the_schema_is_bad_user_input(
    partner: Partner, query: str, variables: dict[str, Any]
) -> None:
    """A wrong query or variable is refused under HTTP 200."""
    answer = await partner.ask(query, **variables)

    assert code(answer) == "BAD_USER_INPUT"
    assert not (answer.get("data") or {}).get("candidateProfile")


async def test_graphql_variables_as_a_json_string_are_refused(partner: Partner) -> None:
    """SEEK refuses them since March 2024."""
    await partner.log_in()
    body = {"query": PROFILE, "variables": '{"id": "x"}'}

    answer = await partner.http.post("/graphql", json=body, headers=partner.headers)

    assert answer.status_code == 400
    assert code(answer.json()) == "BAD_USER_INPUT"


async def test_an_unknown_application_profile_is_null(partner: Partner) -> None:
    """No error: the field is nullable."""
    answer = await partner.ask(PROFILE, id="seekAnz:candidateProfile:apply:nobody")

    assert answer == {"data": {"candidateProfile": None}}


async def test_a_date_time_needs_its_zone(partner: Partner) -> None:
    """Custom scalars are checked too."""
    query = """
      query ($s: String!, $f: EventsFilterInput) {
        events(schemeId: $s, filter: $f) { edges { cursor } }
      }
    """

    answer = await partner.ask(query, s="seekAnz", f={"afterDateTime": "2026-01-01"})

    assert code(answer) == "BAD_USER_INPUT"


async def test_mutations_are_validated_and_change_nothing(partner: Partner) -> None:
    """SEEK's Playground does the same."""
    right = {"webhookSubscription": {"id": "x"}, "eventIds": ["y"]}

    refused = await partner.ask(MUTATION, input=right)
    wrong = await partner.ask(MUTATION, input={"eventIds": ["y"]})

    assert code(refused) == "FORBIDDEN"
    assert code(wrong) == "BAD_USER_INPUT"


async def test_a_query_that_the_sandbox_lacks_says_so(partner: Partner) -> None:
    """Nothing is silently null."""
    query = "query ($id: String!) { webhookSubscriptionReplay(id: $id) { statusCode } }"

    assert code(await partner.ask(query, id="x")) == "SANDBOX_HAS_NOT"


async def test_a_hirer_without_a_relationship_is_forbidden(
    partner: Partner, control: SandboxControl
) -> None:
    """HirerRelationshipChanged, then no relationship: FORBIDDEN, as SEEK says."""
    [event] = await control.apply()
    before = await partner.ask(HIRER, id=event.hirer_id)
    gone = EventOrder(type="HirerRelationshipChanged", relationships=[])
    changed = await control.emit(gone)
    after = await partner.ask(HIRER, id=event.hirer_id)
    profile = await partner.ask(PROFILE, id=event.application_profile_id)

    assert changed.hirer_id == event.hirer_id
    assert before["data"]["hiringOrganization"]["name"]
    assert (code(after), code(profile)) == ("FORBIDDEN", "FORBIDDEN")


async def test_the_gql_client_works_with_the_shipped_schema(
    url: str, partner: Partner
) -> None:
    """A client that validates locally and fetches over httpx gets along."""
    await partner.log_in()
    transport = HTTPXAsyncTransport(url=f"{url}/graphql", headers=partner.headers)
    request = gql(PROFILE)
    request.variable_values = {"id": "unknown"}

    async with Client(transport=transport, schema=schema_text()) as session:
        answer = await session.execute(request)

    assert answer == {"candidateProfile": None}


async def test_the_sandbox_counts_calls_with_their_headers(
    partner: Partner, control: SandboxControl
) -> None:
    """A test can see what a client sent; the control API is not counted."""
    await partner.log_in()
    partner.headers |= {"User-Agent": "letterbox/9", "X-Request-Id": "one"}
    await partner.ask(PROFILE, id="x")
    await partner.download("/attachments/a/b", "HEAD")

    log = await control.calls()

    assert log.counts == {"token": 1, "candidateProfile": 1, "attachment": 1}
    seen = [(one.operation, one.method, one.status) for one in log.calls[1:]]
    assert seen == [("candidateProfile", "POST", 200), ("attachment", "HEAD", 404)]
    headers = {(one.user_agent, one.request_id) for one in log.calls[1:]}
    assert headers == {("letterbox/9", "one")}
    await control.forget_calls()
    assert (await control.calls()).calls == []

"""What is asked of SEEK is what SEEK's schema offers, and goes on offering."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    build_schema,
    get_variable_values,
    graphql_sync,
    parse,
    validate,
    visit,
)
from pydantic import JsonValue

from letterbox.boards.seek.events import HANDLED
from letterbox.boards.seek.queries import (
    BACKFILL,
    CANDIDATE_PROFILE,
    CREATE_WEBHOOK_SUBSCRIPTION,
    EVENTS,
    HIRER,
    POSITION_PROFILE,
    SEND_SIGNAL,
    SIGN_WEBHOOK_SUBSCRIPTION,
    WEBHOOK_SUBSCRIPTION,
    WEBHOOK_SUBSCRIPTIONS,
    EventsQuery,
    by_id,
    events_query,
    failures_of,
    missed_events,
    subscriptions_to,
)
from letterbox.boards.seek.settings import SeekSettings
from letterbox.boards.seek.subscriptions import FAILURES
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/seek"
# Nobody outside should read a schema from here as SEEK's word: see its own head.
SCHEMA = build_schema((ROOT / "seek_sandbox/schema.graphql").read_text())
DOCUMENTS = {
    "backfill": BACKFILL,
    "candidate_profile": CANDIDATE_PROFILE,
    "create_webhook_subscription": CREATE_WEBHOOK_SUBSCRIPTION,
    "events": EVENTS,
    "hirer": HIRER,
    "position_profile": POSITION_PROFILE,
    "send_signal": SEND_SIGNAL,
    "sign_webhook_subscription": SIGN_WEBHOOK_SUBSCRIPTION,
    "webhook_subscription": WEBHOOK_SUBSCRIPTION,
    "webhook_subscriptions": WEBHOOK_SUBSCRIPTIONS,
}
FULLEST = EventsQuery(
    scheme_id="seekAnz",
    subscription_id="subscription",
    event_types=["CandidateApplicationCreated"],
)


def deprecations(document: str, schema: GraphQLSchema = SCHEMA) -> Sequence[str]:
    """Name each deprecated field, argument, input field and enum value in use."""
    found = validate(schema, parse(document), [NoDeprecatedCustomRule])
    return [one.message for one in found]


@pytest.fixture(name="document", params=DOCUMENTS)
def _document(request: pytest.FixtureRequest) -> str:
    return DOCUMENTS[request.param]


def test_every_query_is_valid(document: str) -> None:
    """Fields, types and variables exist in SEEK's schema."""
    assert validate(SCHEMA, parse(document)) == []


def test_no_query_uses_what_is_deprecated(document: str) -> None:
    """SEEK takes deprecated things away."""
    assert deprecations(document) == []


class Walk(Visitor):
    """Collects the arguments that are written out, and the fields asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.literals: list[str] = []
        self.fields: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        """Look at one argument."""
        if not isinstance(node.value, VariableNode):
            self.literals.append(node.name.value)

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Look at one field."""
        self.fields.add(node.name.value)


def test_arguments_are_variables_and_branding_is_not_asked_for(document: str) -> None:
    """SEEK demands the first; branding takes a relationship that we may not have."""
    walk = Walk()

    visit(parse(document), walk)

    assert walk.literals == []
    # A signal is answered by true, and by nothing that has an id.
    assert {"id", "sendSignal"} & walk.fields
    assert "branding" not in walk.fields


@pytest.mark.parametrize(
    "selection",
    [
        "associatedPositionOpenings { positionUri }",
        "attachments { seekRole }",
        "certifications { issueDate }",
    ],
)
def test_a_query_of_a_deprecated_field_is_noticed(selection: str) -> None:
    """A deprecated field is valid today, and still refused here."""
    query = f'query {{ candidateProfile(id: "x") {{ {selection} }} }}'
    assert validate(SCHEMA, parse(query)) == []

    assert len(deprecations(query)) == 1


@pytest.mark.parametrize(
    "query", ["{ a(old: 1) }", "{ a(input: {old: 1}) }", "{ a(kind: OLD) }"]
)
def test_other_deprecations_would_be_noticed(query: str) -> None:
    """Arguments, input fields and enum values; SEEK's schema has none just now."""
    schema = build_schema("""
        enum Kind { OLD @deprecated NEW }
        input Input { old: Int @deprecated, new: Int }
        type Query { a(old: Int @deprecated, input: Input, kind: Kind): Int }
    """)

    assert len(deprecations(query, schema)) == 1


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CANDIDATE_PROFILE, by_id("x")),
        (EVENTS, EventsQuery(scheme_id="seekAnz").variables(None)),
        (EVENTS, FULLEST.variables("cursor")),
        (WEBHOOK_SUBSCRIPTION, failures_of("x", datetime.now(UTC), FAILURES)),
        (WEBHOOK_SUBSCRIPTIONS, subscriptions_to("seekAnz", "x")),
    ],
)
def test_the_variables_fit_the_query(
    document: str, variables: dict[str, JsonValue]
) -> None:
    """Filters are variables too, so no validation of the query sees into them."""
    [operation] = [
        one
        for one in parse(document).definitions
        if isinstance(one, OperationDefinitionNode)
    ]

    coerced = get_variable_values(
        SCHEMA, operation.variable_definitions or (), variables
    )

    assert not isinstance(coerced, list)


def test_filters_use_no_deprecated_argument() -> None:
    """SEEK takes deprecated arguments away, too."""
    kind = SCHEMA.type_map["EventsFilterInput"]
    assert isinstance(kind, GraphQLInputObjectType)

    asked = FULLEST.variables("cursor")["filter"]

    assert isinstance(asked, dict)
    assert [kind.fields[key].deprecation_reason for key in asked] == [None] * len(asked)


def test_unused_arguments_are_left_out() -> None:
    """SEEK asks for that: neither null nor empty."""
    query = EventsQuery(scheme_id="seekAnz")

    assert query.variables(None) == {"schemeId": "seekAnz", "first": 100}
    assert query.variables("cursor")["after"] == "cursor"


def test_a_subscription_asks_for_what_its_webhook_failed_to_deliver() -> None:
    """And of the types that something is done about."""
    assert FULLEST.variables(None)["filter"] == {
        "subscriptionId": "subscription",
        "deliveredIndicator": False,
        "eventTypeCodes": ["CandidateApplicationCreated"],
    }


def test_times_in_variables_are_sent_in_utc() -> None:
    """Times are written as SEEK writes its own."""
    here = datetime(2026, 11, 22, 10, tzinfo=timezone(timedelta(hours=10)))

    assert failures_of("subscription", here, ["BadResponse"]) == {
        "id": "subscription",
        "failed": {
            "afterDateTime": "2026-11-22T00:00:00Z",
            "descriptionCodes": ["BadResponse"],
        },
        "first": 100,
    }


def test_a_slip_in_a_year_is_written_with_all_its_digits() -> None:
    """SEEK would refuse another form, and a backfill ask for it again all day."""
    query = missed_events(SeekSettings(), datetime(202, 6, 1, tzinfo=UTC))

    assert query.variables(None)["filter"] == {
        "eventTypeCodes": ["CandidateApplicationCreated"],
        "afterDateTime": "0202-06-01T00:00:00Z",
    }


@pytest.mark.parametrize("subscription", ["", "subscription"])
def test_reconciling_asks_for_applications_and_closed_ads(subscription: str) -> None:
    """Of one subscription where the settings name one, else of the whole stream."""
    settings = SeekSettings(seek_scheme="seekAnz", seek_subscription_id=subscription)

    assert events_query(settings) == EventsQuery(
        scheme_id="seekAnz",
        subscription_id=subscription or None,
        event_types=HANDLED,
    )


@pytest.mark.parametrize(
    ("document", "variables", "field", "sample"),
    [
        (CANDIDATE_PROFILE, by_id("x"), "candidateProfile", "candidate-profile.json"),
        (EVENTS, FULLEST.variables(None), "events", "events.json"),
    ],
)
def test_the_samples_are_what_the_queries_bring(
    document: str, variables: Mapping[str, Any], field: str, sample: str
) -> None:
    """Executed over the sample, a query gives all of it back, and nothing else."""
    expected = json.loads((SAMPLES / sample).read_text())

    result = graphql_sync(
        SCHEMA, document, root_value={field: expected}, variable_values=dict(variables)
    )

    assert result.errors is None
    assert result.data == {field: expected}

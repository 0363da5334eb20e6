"""SEEK: whether it talks to us, and whether its webhook reaches us."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.seek.client import open_client
from letterbox.boards.seek.events import (
    CANDIDATE_APPLICATION_CREATED,
    HIRER_RELATIONSHIP_CHANGED,
)
from letterbox.boards.seek.queries import (
    EVENTS,
    WEBHOOK_SUBSCRIPTION,
    WEBHOOK_SUBSCRIPTIONS,
    events_query,
    failures_of,
    subscriptions_to,
)
from letterbox.boards.seek.settings import SeekSettings
from letterbox.boards.seek.subscriptions import (
    FAILURES,
    PATH,
    read_subscription,
    subscriptions_to_us,
)
from letterbox.checks import CheckResult, ok, warning, wrong
from letterbox.domain.errors import BoardUnavailableError, LetterboxError

_BOARD = "board seek"
_WEBHOOK = "SEEK's webhook"
_LATELY = timedelta(days=1)
_SECRETS = "LETTERBOX_SEEK_WEBHOOK_SECRETS"
_SUBSCRIPTION = "LETTERBOX_SEEK_SUBSCRIPTION_ID"


async def check(settings: SeekSettings) -> list[CheckResult]:
    """Judge the settings; with credentials, ask SEEK as well."""
    secret = settings.seek_client_secret.get_secret_value()
    if not settings.seek_client_id or not secret:
        return [_without_credentials(settings)]
    # No document is downloaded here.
    async with open_client(settings, max_document_bytes=0) as client:
        results = await asyncio.gather(
            _named(_BOARD, _connection(client.graph, settings)),
            _named(_WEBHOOK, _webhook(client.graph, settings)),
        )
    return [result for some in results for result in some]


async def _named(what: str, results: Awaitable[list[CheckResult]]) -> list[CheckResult]:
    """Make a result of what SEEK answers: neither check hides the other."""
    try:
        return await results
    except LetterboxError as error:
        return [wrong(what, str(error))]


def _without_credentials(settings: SeekSettings) -> CheckResult:
    if settings.seek_client_id:
        message = "LETTERBOX_SEEK_CLIENT_ID is set, LETTERBOX_SEEK_CLIENT_SECRET is not"
        return wrong(_BOARD, message)
    if settings.seek_webhook_secrets:
        message = (
            f"{_SECRETS} is set, LETTERBOX_SEEK_CLIENT_ID is not: notifications are "
            "accepted, but the applications cannot be fetched"
        )
        return wrong(_BOARD, message)
    return ok(_BOARD, "off: LETTERBOX_SEEK_CLIENT_ID is not set")


async def _connection(graph: PartnerGraph, settings: SeekSettings) -> list[CheckResult]:
    """Ask for one event, as reconciling does."""
    query = replace(events_query(settings), first=1)
    await _field(graph, EVENTS, query.variables(None), "events")
    results = [ok(_BOARD, "issues a token and answers queries")]
    if not settings.seek_reconcile_every:
        message = (
            "LETTERBOX_SEEK_RECONCILE_EVERY is 0: events that no "
            "webhook delivers are lost"
        )
        results.append(warning(_BOARD, message))
    return results


async def _webhook(graph: PartnerGraph, settings: SeekSettings) -> list[CheckResult]:
    named = settings.seek_subscription_id
    if not settings.seek_webhook_secrets:
        if named:
            message = (
                f"{_SUBSCRIPTION} is set, {_SECRETS} is not: webhooks are answered 404"
            )
            return [warning(_WEBHOOK, message)]
        return [ok(_WEBHOOK, f"off: {_SECRETS} is not set, SEEK is only polled")]
    if named:
        results = [await _subscription(graph, named)]
    else:
        results = await _all_subscriptions(graph, settings.seek_scheme)
    return [*results, *await _relationships(graph, settings.seek_scheme)]


async def _relationships(graph: PartnerGraph, scheme: str) -> list[CheckResult]:
    """Warn where nobody would tell us that a hirer allows the export again."""
    variables = subscriptions_to(scheme, HIRER_RELATIONSHIP_CHANGED)
    connection = await _field(
        graph, WEBHOOK_SUBSCRIPTIONS, variables, "webhookSubscriptions"
    )
    if any(True for _ in subscriptions_to_us(connection)):
        return []
    message = (
        f"no subscription to {HIRER_RELATIONSHIP_CHANGED} leads to {PATH}: what hirers "
        "withhold is asked for late; `letterbox seek subscribe URL` makes it"
    )
    return [warning(_WEBHOOK, message)]


async def _all_subscriptions(graph: PartnerGraph, scheme: str) -> list[CheckResult]:
    variables = subscriptions_to(scheme, CANDIDATE_APPLICATION_CREATED)
    connection = await _field(
        graph, WEBHOOK_SUBSCRIPTIONS, variables, "webhookSubscriptions"
    )
    ours = list(subscriptions_to_us(connection))
    if not ours:
        message = (
            f"no subscription to {CANDIDATE_APPLICATION_CREATED} leads to {PATH}: "
            "create one with `letterbox seek subscribe URL`"
        )
        return [wrong(_WEBHOOK, message)]
    message = f"{_SUBSCRIPTION} is not set; possible values are {', '.join(ours)}"
    results = await asyncio.gather(*(_subscription(graph, name) for name in ours))
    return [ok(_WEBHOOK, message), *results]


async def _subscription(graph: PartnerGraph, subscription_id: str) -> CheckResult:
    variables = failures_of(subscription_id, datetime.now(UTC) - _LATELY, FAILURES)
    subscription = read_subscription(
        await _field(graph, WEBHOOK_SUBSCRIPTION, variables, "webhookSubscription")
    )
    if subscription is None:
        message = f"SEEK knows no subscription {subscription_id}: set {_SUBSCRIPTION}"
        return wrong(_WEBHOOK, message)
    if faults := subscription.faults():
        message = f"subscription {subscription_id}: {', '.join(faults)}"
        return wrong(_WEBHOOK, message)
    if failures := subscription.failures:
        message = (
            f"{len(failures)} requests of subscription {subscription_id} were not "
            f"accepted in the last day ({', '.join(sorted(set(failures)))}): does its "
            f"address lead to the API, is its secret in {_SECRETS}?"
        )
        return warning(_WEBHOOK, message)
    return ok(
        _WEBHOOK, f"subscription {subscription_id} is signed, and leads to {PATH}"
    )


async def _field(
    graph: PartnerGraph, query: str, variables: Mapping[str, JsonValue], field: str
) -> JsonValue:
    """Ask for one field; an error of it is a BoardUnavailableError."""
    response = await graph.execute(query, variables)
    if response.errors or response.data is None:
        codes = ", ".join(sorted(code or "no code" for code in response.codes))
        raise BoardUnavailableError(
            f"SEEK refuses {field}: {codes or f'status {response.status}'} "
            f"(X-Request-Id {response.request_id})"
        )
    return response.data.get(field)

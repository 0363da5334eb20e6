"""SEEK: whether it talks to us, and whether its webhook reaches us."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from letterbox.boards.seek.client import Seek
from letterbox.boards.seek.events import CANDIDATE_APPLICATION_CREATED
from letterbox.boards.seek.queries import (
    EVENTS,
    WEBHOOK_SUBSCRIPTION,
    WEBHOOK_SUBSCRIPTIONS,
    failures_of,
    subscriptions_to,
)
from letterbox.boards.seek.subscriptions import (
    FAILURES,
    PATH,
    read_subscription,
    subscriptions_to_us,
)
from letterbox.domain.errors import BoardUnavailableError
from letterbox.resources import open_seek_of, seek_events
from letterbox.settings import Settings
from letterbox_cli.doctor.findings import Finding, all_of, ok, safely, warning, wrong

_BOARD = "board seek"
_WEBHOOK = "SEEK's webhook"
_LATELY = timedelta(days=1)
_SECRETS = "LETTERBOX_SEEK_WEBHOOK_SECRETS"
_SUBSCRIPTION = "LETTERBOX_SEEK_SUBSCRIPTION_ID"


async def look(settings: Settings) -> list[Finding]:
    """Judge the settings; with credentials, ask SEEK as well."""
    if not settings.seek_client_id:
        return [_without_credentials(settings)]
    if not settings.seek_client_secret.get_secret_value():
        words = "LETTERBOX_SEEK_CLIENT_ID is set, LETTERBOX_SEEK_CLIENT_SECRET is not"
        return [wrong(_BOARD, words)]
    async with open_seek_of(settings) as seek:
        return await all_of(
            safely(_BOARD, _answers(seek, settings)),
            safely(_WEBHOOK, _webhook(seek, settings)),
        )


def _without_credentials(settings: Settings) -> Finding:
    if settings.seek_webhook_secrets:
        words = (
            f"{_SECRETS} is set, LETTERBOX_SEEK_CLIENT_ID is not: notices are taken "
            "in, and the applications cannot be fetched"
        )
        return wrong(_BOARD, words)
    return ok(_BOARD, "off: LETTERBOX_SEEK_CLIENT_ID is not set")


async def _answers(seek: Seek, settings: Settings) -> list[Finding]:
    """Ask for one event, as reconciling does."""
    query = replace(seek_events(settings), first=1)
    await _asked(seek, EVENTS, query.variables(None), "events")
    found = [ok(_BOARD, "gives us a token, and answers queries")]
    if not settings.seek_reconcile_every:
        words = "LETTERBOX_SEEK_RECONCILE_EVERY is 0: what no webhook delivers is lost"
        found.append(warning(_BOARD, words))
    return found


async def _webhook(seek: Seek, settings: Settings) -> list[Finding]:
    named = settings.seek_subscription_id
    if not settings.seek_webhook_secrets:
        if named:
            words = f"{_SUBSCRIPTION} is set, {_SECRETS} is not: it is answered 404"
            return [warning(_WEBHOOK, words)]
        return [ok(_WEBHOOK, f"off: {_SECRETS} is not set, SEEK is only polled")]
    if named:
        return await _one(seek, named)
    variables = subscriptions_to(settings.seek_scheme, CANDIDATE_APPLICATION_CREATED)
    listed = await _asked(
        seek, WEBHOOK_SUBSCRIPTIONS, variables, "webhookSubscriptions"
    )
    leading = list(subscriptions_to_us(listed))
    if not leading:
        words = (
            f"no subscription to {CANDIDATE_APPLICATION_CREATED} leads to {PATH}: "
            "make one in SEEK's developer dashboard"
        )
        return [wrong(_WEBHOOK, words)]
    words = f"{_SUBSCRIPTION} is not set; it may be one of {', '.join(leading)}"
    return [ok(_WEBHOOK, words), *await all_of(*(_one(seek, one) for one in leading))]


async def _one(seek: Seek, subscription_id: str) -> list[Finding]:
    variables = failures_of(subscription_id, datetime.now(UTC) - _LATELY, FAILURES)
    said = await _asked(seek, WEBHOOK_SUBSCRIPTION, variables, "webhookSubscription")
    subscription = read_subscription(said)
    if subscription is None:
        words = f"SEEK knows no subscription {subscription_id}: set {_SUBSCRIPTION}"
        return [wrong(_WEBHOOK, words)]
    if faults := subscription.faults():
        words = f"subscription {subscription_id}: {', '.join(faults)}"
        return [wrong(_WEBHOOK, words)]
    if failures := subscription.failures:
        words = (
            f"{len(failures)} requests of subscription {subscription_id} were not "
            f"accepted in the last day ({', '.join(sorted(set(failures)))}): does its "
            f"address lead to the API, is its secret in {_SECRETS}?"
        )
        return [warning(_WEBHOOK, words)]
    words = f"subscription {subscription_id} is signed, and leads to {PATH}"
    return [ok(_WEBHOOK, words)]


async def _asked(
    seek: Seek, query: str, variables: Mapping[str, JsonValue], field: str
) -> JsonValue:
    """Ask for one field; an error of it is a BoardUnavailableError."""
    answer = await seek.graph.ask(query, variables)
    if answer.errors or answer.data is None:
        codes = ", ".join(sorted(code or "no code" for code in answer.codes))
        raise BoardUnavailableError(
            f"SEEK refuses {field}: {codes or f'status {answer.status}'} "
            f"(X-Request-Id {answer.request_id})"
        )
    return answer.data.get(field)

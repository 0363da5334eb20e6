"""What SEEK's mutations do here: subscriptions, their secrets, and signals."""

from collections.abc import Callable, Mapping
from typing import Any

from seek_sandbox.event_views import KNOWN
from seek_sandbox.faults import RefusedProfile
from seek_sandbox.graph_call import GraphCall, forbidden, refused
from seek_sandbox.paging import bad_input
from seek_sandbox.positions import APPLICATION_EXPORT
from seek_sandbox.schema import Info
from seek_sandbox.subscriptions import subscriptions, view_of
from seek_sandbox.webhooks import Subscription

_ALGORITHM = "SeekHmacSha512"
_MIN_SECRET_BYTES, _MAX_SECRET_BYTES = 16, 255
View = dict[str, Any]


def _create(call: GraphCall, _info: Info, **args: Any) -> View:
    wanted = args["input"]["webhookSubscription"]
    if wanted["schemeId"] != call.options.scheme:
        raise bad_input("there is no such scheme here")
    if wanted["eventTypeCode"] not in KNOWN:
        raise bad_input("there is no such type of event")
    hirer_id = wanted.get("hirerId")
    for view in subscriptions(call):
        known = (view["eventTypeCode"], view["url"], view["hirerId"])
        if known == (wanted["eventTypeCode"], wanted["url"], _id(hirer_id)):
            return {
                "__typename": "CreateWebhookSubscriptionPayload_Conflict",
                "conflictingWebhookSubscription": view,
            }
    number = len(call.postman.created)
    made = Subscription(
        id=call.world.ids.make("webhookSubscription:events", "created", number),
        event_type=wanted["eventTypeCode"],
        url=wanted["url"],
        secret=_secret(wanted),
        hirer_id=hirer_id,
        per_request=wanted.get("maxEventsPerAttempt"),
    )
    call.postman.created[made.id] = made
    return {
        "__typename": "CreateWebhookSubscriptionPayload_Success",
        "webhookSubscription": view_of(made, call),
    }


def _sign(call: GraphCall, _info: Info, **args: Any) -> View:
    wanted = args["input"]["webhookSubscription"]
    for view in subscriptions(call):
        if view["id"]["value"] == wanted["id"]:
            call.postman.sign_with(wanted["id"], _secret(wanted))
            return {"webhookSubscription": view}
    raise bad_input("there is no such subscription")


def _send_signal(call: GraphCall, _info: Info, **args: Any) -> bool:
    signal = args["input"]
    profile_id = signal.get("candidateApplicationProfileId") or ""
    if refusal := call.faults.take(RefusedProfile, frozenset({profile_id})):
        raise refused("Refused on demand", refusal.code)
    application = call.world.applications.get(profile_id)
    if application is None:
        raise bad_input("the signal is of no application")
    if APPLICATION_EXPORT not in application.position.hirer.relationships:
        raise forbidden("signals of the application")
    call.world.signals.append(signal)
    return True


def _secret(wanted: Mapping[str, Any]) -> str:
    secret = wanted.get("secret") or ""
    is_long = _MIN_SECRET_BYTES <= len(secret) <= _MAX_SECRET_BYTES
    if wanted["signingAlgorithmCode"] != _ALGORITHM or not is_long:
        raise bad_input("a subscription is signed, with a secret of 16 to 255")
    return secret


def _id(value: str | None) -> View | None:
    return None if value is None else {"value": value}


_MUTATIONS: Mapping[str, Callable[..., Any]] = {
    "createWebhookSubscription": _create,
    "updateWebhookSubscriptionSigningConfiguration": _sign,
    "sendSignal": _send_signal,
}


def mutate(call: GraphCall, info: Info, args: dict[str, Any]) -> Any:
    """Execute a mutation; the others change nothing, as in SEEK's Playground."""
    if info.field_name not in _MUTATIONS:
        raise refused("The sandbox does not change this by mutation", "FORBIDDEN")
    return _MUTATIONS[info.field_name](call, info, **args)

"""What the root fields of SEEK's queries answer, those that an export needs."""

from collections.abc import Callable, Mapping
from typing import Any

from seek_sandbox.event_views import attempts_view, event_view, request_view
from seek_sandbox.events import Event, chosen_by
from seek_sandbox.graph_call import GraphCall
from seek_sandbox.paging import Paging, bad_input, connection, page_of
from seek_sandbox.positions import hirer_view
from seek_sandbox.reading import read_hirer, read_position
from seek_sandbox.schema import Info
from seek_sandbox.subscriptions import subscription_filter, subscriptions
from seek_sandbox.times import written


def _profile(call: GraphCall, info: Info, **args: Any) -> Any:
    return call.profile(args["id"], info)


def _candidate(call: GraphCall, info: Info, **args: Any) -> Any:
    applications = call.world.candidates.get(args["id"])
    newest = applications and call.profile(applications[-1].profile_id, info)
    return newest and newest["candidate"]


def _event(call: GraphCall, _info: Info, **args: Any) -> Any:
    event = call.world.stream.find(args["id"])
    return event and event_view(event, call)


def _events(call: GraphCall, _info: Info, **args: Any) -> Any:
    _check_scheme(call, args.pop("schemeId"))
    chosen = chosen_by(args.pop("filter", None) or {})

    def edge(event: Event) -> dict[str, Any]:
        return {
            "node": event_view(event, call),
            "streamDateTime": written(event.stream_at),
        }

    return connection(page_of(call.world.stream.events, Paging(**args), chosen), edge)


def _hirer(call: GraphCall, _info: Info, **args: Any) -> Any:
    return read_hirer(call, args["id"])


def _hirers(call: GraphCall, _info: Info, **args: Any) -> Any:
    _check_scheme(call, args.pop("schemeId"))
    filters = args.pop("filter", None) or {}
    codes, name = filters.get("relationshipTypeCodes"), filters.get("nameSearch") or ""
    hirers = [
        hirer
        for hirer in sorted(call.world.hirers.values(), key=lambda hirer: hirer.name)
        if hirer.relationships
        and (codes is None or set(codes) & set(hirer.relationships))
        and name.casefold() in hirer.name.casefold()
    ]
    page = page_of(hirers, Paging(**args))
    return connection(page, lambda hirer: {"node": hirer_view(hirer)})


def _position(call: GraphCall, _info: Info, **args: Any) -> Any:
    return read_position(call, args["id"])


def _opening(call: GraphCall, _info: Info, **args: Any) -> Any:
    for position in call.world.positions.values():
        if position.opening_id == args["id"]:
            profile = read_position(call, position.profile_id)
            return profile and profile["positionOpening"](_info)
    return None


def _request(call: GraphCall, _info: Info, **args: Any) -> Any:
    _check_scheme(call, args["schemeId"])
    for event in call.world.stream.events:
        for request in event.requests:
            if request.request_id == args["requestId"]:
                return request_view(request, call)
    return None


def _attempts(call: GraphCall, _info: Info, **args: Any) -> Any:
    args.pop("filter", None)
    if not (event := call.world.stream.find(args.pop("eventId"))):
        raise bad_input("there is no such event")
    return attempts_view(event, call, Paging(**args))


def _subscription(call: GraphCall, _info: Info, **args: Any) -> Any:
    for subscription in subscriptions(call):
        if subscription["id"]["value"] == args["id"]:
            return subscription
    return None


def _subscriptions(call: GraphCall, _info: Info, **args: Any) -> Any:
    _check_scheme(call, args.pop("schemeId"))
    predicate = subscription_filter(args.pop("filter", None) or {})
    page = page_of(subscriptions(call), Paging(**args), predicate)
    return connection(page, lambda view: {"node": view})


def _self(_call: GraphCall, _info: Info) -> Any:
    partner = {"credentialSelfServiceApprovedIndicator": False, "name": "Sandbox"}
    return {"hirer": None, "partner": partner}


def _check_scheme(call: GraphCall, scheme: str) -> None:
    if scheme != call.options.scheme:
        raise bad_input("there is no such scheme here")


ROOT_FIELDS: Mapping[str, Callable[..., Any]] = {
    "version": lambda _call, _info: "sandbox",
    "self": _self,
    "candidateProfile": _profile,
    "candidate": _candidate,
    "event": _event,
    "events": _events,
    "hiringOrganization": _hirer,
    "hiringOrganizations": _hirers,
    "positionProfile": _position,
    "positionOpening": _opening,
    "webhookRequest": _request,
    "webhookAttemptsForEvent": _attempts,
    "webhookSubscription": _subscription,
    "webhookSubscriptions": _subscriptions,
}

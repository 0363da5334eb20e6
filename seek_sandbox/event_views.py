"""Events and their delivery, as GraphQL shows them."""

from typing import Any

from seek_sandbox.events import Event, WebhookRequest
from seek_sandbox.graph_call import GraphCall
from seek_sandbox.orders import APPLICATION_CREATED
from seek_sandbox.paging import Paging, connection, page_of
from seek_sandbox.reading import read_hirer, read_position
from seek_sandbox.schema import UNKNOWN_EVENT, Info
from seek_sandbox.times import written

View = dict[str, Any]
KNOWN = {
    APPLICATION_CREATED: "CandidateApplicationCreatedEvent",
    "HirerRelationshipChanged": "HirerRelationshipChangedEvent",
    "PositionProfilePosted": "PositionProfilePostedEvent",
    "PositionProfileUpdated": "PositionProfileUpdatedEvent",
    "PositionProfileClosed": "PositionProfileClosedEvent",
}


def event_view(event: Event, call: GraphCall) -> View:
    """Show an event; a type that the sandbox does not fill is one nobody knows."""
    return {
        **event.details,
        "__typename": KNOWN.get(event.type, UNKNOWN_EVENT),
        "id": {"value": event.event_id},
        "typeCode": event.type,
        "schemeId": call.options.scheme,
        "createDateTime": written(event.created_at),
        "candidate": _candidate(event),
        "candidateApplicationProfile": _profile(event),
        "hirer": lambda info: read_hirer(info.context, event.details["hirerId"]),
        "positionProfile": lambda info: read_position(
            info.context, event.details["positionProfileId"]
        ),
        "webhookAttempts": _attempts(event),
    }


def attempts_view(event: Event, call: GraphCall, paging: Paging) -> View:
    """Show the webhook requests that carried an event."""
    page = page_of(event.requests, paging)

    def edge(request: WebhookRequest) -> View:
        return {"node": _attempt(event, request, call)}

    return connection(page, edge)


def request_view(request: WebhookRequest, call: GraphCall) -> View:
    """Show one webhook request."""
    events = (call.world.stream.find(event_id) for event_id in request.event_ids)
    return {
        "createDateTime": written(request.created_at),
        "descriptionCode": request.code,
        "latencyMs": request.latency_ms,
        "requestId": request.request_id,
        "statusCode": request.status,
        "attempts": lambda _info: [
            _attempt(event, request, call) for event in events if event
        ],
    }


def _attempt(event: Event, request: WebhookRequest, call: GraphCall) -> View:
    made = call.world.ids.make(
        "webhookAttempt:events", event.event_id, request.request_id
    )
    return {
        "id": {"value": made},
        "createDateTime": written(request.created_at),
        "event": lambda _info: event_view(event, call),
        "webhookRequest": lambda _info: request_view(request, call),
    }


def _attempts(event: Event) -> Any:
    def resolve(info: Info, **args: Any) -> View:
        args.pop("filter", None)
        return attempts_view(event, info.context, Paging(**args))

    return resolve


def _profile(event: Event) -> Any:
    def resolve(info: Info) -> Any:
        return info.context.profile(
            event.details["candidateApplicationProfileId"], info
        )

    return resolve


def _candidate(event: Event) -> Any:
    profile = _profile(event)

    def resolve(info: Info) -> Any:
        result = profile(info)
        return result and result["candidate"]

    return resolve

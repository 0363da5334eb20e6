"""Webhook subscriptions, as GraphQL shows them: one for each type of event."""

from collections.abc import Callable, Sequence
from typing import Any

from seek_sandbox.event_views import KNOWN, request_view
from seek_sandbox.events import WebhookRequest
from seek_sandbox.graph_call import GraphCall
from seek_sandbox.paging import Paging, connection, page_of
from seek_sandbox.schema import Info
from seek_sandbox.simulation import Simulation
from seek_sandbox.times import read_date_time, written
from seek_sandbox.webhooks import Subscription

View = dict[str, Any]


def subscriptions(call: GraphCall) -> Sequence[View]:
    """List them; without an address or a secret there are those made by mutation."""
    simulation = Simulation(call.world, call.options)
    first = [
        Subscription(
            id=simulation.first_subscription(event_type),
            event_type=event_type,
            url=call.postman.url,
            secret="",
        )
        for event_type in (KNOWN if call.postman.working else ())
    ]
    return [view_of(one, call) for one in (*first, *call.postman.created.values())]


def subscription_filter(args: dict[str, Any]) -> Callable[[View], bool]:
    """Read a ``WebhookSubscriptionsFilterInput``; ours are of no single hirer."""
    types, hirers = args.get("eventTypeCodes"), args.get("hirerIds")
    in_time = _within(args)

    def chosen(view: View) -> bool:
        return (
            in_time(read_date_time(view["createDateTime"]))
            and (types is None or view["eventTypeCode"] in types)
            and hirers is None
        )

    return chosen


def view_of(subscription: Subscription, call: GraphCall) -> View:
    """Show a subscription; never its secret."""
    identifier, hirer_id = subscription.id, subscription.hirer_id
    made = written(call.world.made_at)
    return {
        "id": {"value": identifier},
        "schemeId": call.options.scheme,
        "createDateTime": made,
        "updateDateTime": made,
        "eventTypeCode": subscription.event_type,
        "hirerId": hirer_id and {"value": hirer_id},
        "maxEventsPerAttempt": subscription.per_request
        or call.options.events_per_request,
        "signingAlgorithmCode": "SeekHmacSha512",
        "url": subscription.url,
        "webhookRequests": _requests(identifier),
        "webhookSubscriptionReplays": lambda _info, **args: connection(
            page_of([], Paging(**_without_filter(args))), dict
        ),
    }


def _requests(subscription_id: str) -> Callable[..., View]:
    def resolve(info: Info, **args: Any) -> View:
        call: GraphCall = info.context
        filters = args.get("filter") or {}
        codes, in_time = filters.get("descriptionCodes"), _within(filters)

        def chosen(request: WebhookRequest) -> bool:
            event = call.world.stream.find(request.event_ids[0])
            return (
                event is not None
                and event.subscription_id == subscription_id
                and in_time(request.created_at)
                and (codes is None or request.code in codes)
            )

        page = page_of(call.postman.requests, Paging(**_without_filter(args)), chosen)
        return connection(page, lambda request: {"node": request_view(request, call)})

    return resolve


def _within(args: dict[str, Any]) -> Callable[[Any], bool]:
    after, before = args.get("afterDateTime"), args.get("beforeDateTime")
    return lambda moment: (
        (after is None or moment > after) and (before is None or moment < before)
    )


def _without_filter(args: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in args.items() if key != "filter"}

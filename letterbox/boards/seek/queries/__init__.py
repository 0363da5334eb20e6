"""
What is asked of SEEK: the documents beside this module, and their variables.

Arguments are variables, and those not used are left out rather than null:
https://developer.seek.com/graphql/in-practice
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

from pydantic import JsonValue

from letterbox.boards.seek.events import CANDIDATE_APPLICATION_CREATED, HANDLED
from letterbox.boards.seek.settings import SeekSettings

# SEEK gives no more than this at once.
_PAGE = 100


def _document(name: str) -> str:
    return files(__name__).joinpath(f"{name}.graphql").read_text(encoding="utf-8")


BACKFILL = _document("backfill")
CANDIDATE_PROFILE = _document("candidate_profile")
CREATE_WEBHOOK_SUBSCRIPTION = _document("create_webhook_subscription")
EVENTS = _document("events")
HIRER = _document("hirer")
POSITION_PROFILE = _document("position_profile")
SEND_SIGNAL = _document("send_signal")
SIGN_WEBHOOK_SUBSCRIPTION = _document("sign_webhook_subscription")
WEBHOOK_SUBSCRIPTION = _document("webhook_subscription")
WEBHOOK_SUBSCRIPTIONS = _document("webhook_subscriptions")


def by_id(identifier: str) -> dict[str, JsonValue]:
    """Ask for one object."""
    return {"id": identifier}


def failures_of(
    subscription_id: str, since: datetime, codes: Sequence[str]
) -> dict[str, JsonValue]:
    """Ask for a subscription, and the requests since then that ended so."""
    failed: dict[str, JsonValue] = {
        "afterDateTime": _written(since),
        "descriptionCodes": list(codes),
    }
    return {"id": subscription_id, "failed": failed, "first": _PAGE}


def subscriptions_to(scheme_id: str, event_type: str) -> dict[str, JsonValue]:
    """Ask for the subscriptions to one type of event; more than a page is odd."""
    filters: dict[str, JsonValue] = {"eventTypeCodes": [event_type]}
    return {"schemeId": scheme_id, "filter": filters, "first": _PAGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsQuery:
    """
    Which events to ask for.

    With a subscription: what its webhook failed to deliver. Without: the stream that
    is meant for polling. SEEK keeps events for 90 days.
    """

    scheme_id: str
    subscription_id: str | None = None
    event_types: Sequence[str] = ()
    since: datetime | None = None
    first: int = _PAGE

    def variables(self, after: str | None) -> dict[str, JsonValue]:
        """Ask for the page behind a cursor; for the earliest events without one."""
        variables: dict[str, JsonValue] = {
            "schemeId": self.scheme_id,
            "first": self.first,
        }
        if filters := self._filter():
            variables["filter"] = filters
        if after:
            variables["after"] = after
        return variables

    def _filter(self) -> dict[str, JsonValue]:
        filters: dict[str, JsonValue] = {}
        if self.subscription_id:
            filters["subscriptionId"] = self.subscription_id
            filters["deliveredIndicator"] = False
        if self.event_types:
            filters["eventTypeCodes"] = list(self.event_types)
        if self.since:
            filters["afterDateTime"] = _written(self.since)
        return filters


def events_query(settings: SeekSettings) -> EventsQuery:
    """Return which of SEEK's events are asked for when reconciling."""
    return EventsQuery(
        scheme_id=settings.seek_scheme,
        subscription_id=settings.seek_subscription_id or None,
        event_types=HANDLED,
    )


def missed_events(settings: SeekSettings, since: datetime) -> EventsQuery:
    """Return the query for all applications since then, delivered or not."""
    return EventsQuery(
        scheme_id=settings.seek_scheme,
        event_types=(CANDIDATE_APPLICATION_CREATED,),
        since=since,
    )


def _written(moment: datetime) -> str:
    # Not by strftime: it writes early years, a slip of somebody's, without zeros.
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds')}Z"

"""The events that the ATS is owed of applications that are over."""

from typing import Protocol

from temporalio import activity

from letterbox.domain.events import Undelivered
from letterbox.domain.messages import (
    DeliveryOrder,
    FindUndeliveredResult,
    KeepUndeliveredInput,
)
from letterbox.domain.owing import HasAts, has_no_ats


class OwedEvents(Protocol):
    """The events that no record holds. Blocking; every verb may be repeated."""

    def find(self, application_id: str) -> tuple[Undelivered, ...]:
        """Read what is owed of one application."""

    def save(self, application_id: str, events: tuple[Undelivered, ...]) -> None:
        """Add events, each id once."""

    def remove(self, application_id: str, delivery_id: str) -> None:
        """Remove an event that was delivered."""


class UndeliveredActivities:
    """Keep what is owed where neither a record nor a workflow would."""

    def __init__(self, *, owed: OwedEvents, deliver: HasAts = has_no_ats) -> None:
        self._owed = owed
        self._deliver = deliver

    @activity.defn(name="keep_undelivered", no_thread_cancel_exception=True)
    def keep_undelivered(self, args: KeepUndeliveredInput) -> None:
        """Keep events of an application whose workflow is about to end."""
        events = tuple(
            Undelivered.model_validate(order.model_dump()) for order in args.events
        )
        self._owed.save(args.application_id, events)

    @activity.defn(name="find_undelivered", no_thread_cancel_exception=True)
    def find_undelivered(self, application_id: str) -> FindUndeliveredResult:
        """Read what was kept, if there is an ATS to tell."""
        if not self._deliver():
            return FindUndeliveredResult(deliver=False)
        events = self._owed.find(application_id)
        return FindUndeliveredResult(
            deliver=True,
            events=tuple(
                DeliveryOrder.model_validate(kept.model_dump()) for kept in events
            ),
        )

    @activity.defn(name="forget_undelivered", no_thread_cancel_exception=True)
    def forget_undelivered(self, args: DeliveryOrder) -> None:
        """Remove what was delivered."""
        self._owed.remove(args.application_id, args.delivery_id)

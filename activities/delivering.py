"""The delivery of events to the hirer's ATS."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

import structlog
from temporalio import activity

from activities.sources import find_readable
from activities.threads import heartbeating
from letterbox.domain.application import Application
from letterbox.domain.errors import (
    LetterboxError,
    ReceiverGoneError,
    ReceiverUnavailableError,
)
from letterbox.domain.events import Event, event_of
from letterbox.domain.gone import GoneAnswers
from letterbox.domain.messages import DeliverResult, DeliveryOrder, DeliveryOutcome
from letterbox.domain.ports import Applications
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

log = structlog.get_logger()


class Receiver(Protocol):
    """The ATS at one address."""

    @property
    def url(self) -> str:
        """The address of the ATS."""

    async def send(self, delivery_id: str, event: Event, now: datetime) -> None:
        """Deliver, now; raises ReceiverGoneError, ReceiverUnavailableError."""


class Switch(Protocol):
    """Remembers the address that wants nothing more. Blocking."""

    def disabled(self, url: str) -> bool:
        """Return whether this very address was disabled."""

    def disable(self, url: str) -> None:
        """Deliver nothing more to it until somebody says so."""


class DeliveryActivities:
    """Deliver events; ``receiver`` is None where no ATS is configured."""

    def __init__(
        self,
        *,
        applications: Applications,
        receiver: Receiver | None,
        switch: Switch,
        gone: GoneAnswers | None = None,
    ) -> None:
        self._applications = applications
        self._receiver = receiver
        self._switch = switch
        self._gone = gone or GoneAnswers()

    @activity.defn(name="deliver")
    async def deliver(self, args: DeliveryOrder) -> DeliverResult:
        """
        Try once; Temporal tries again under the same id.

        An attempt that was lost on its way back is repeated: the ATS knows the id.
        """
        try:
            async with heartbeating():
                outcome = await self._deliver(args)
        except LetterboxError:
            _count(args, "failed")
            raise
        _count(args, outcome.value)
        if outcome is DeliveryOutcome.DELIVERED:
            about = {"type": args.type.value, "attempts": activity.info().attempt}
            note(Transition.TOLD, args.application_id, **about)
        return DeliverResult(outcome=outcome)

    async def _deliver(self, args: DeliveryOrder) -> DeliveryOutcome:
        if self._receiver is None:
            # Another worker may have one: nothing is swallowed while settings change.
            raise ReceiverUnavailableError("this worker has no ATS to tell")
        url = self._receiver.url
        if await asyncio.to_thread(self._switch.disabled, url):
            return DeliveryOutcome.DISABLED
        # Without it the event has what the order says.
        record = await asyncio.to_thread(
            find_readable, self._applications, args.application_id
        )
        event = event_of(_as_written(args, record), record)
        try:
            await self._receiver.send(args.delivery_id, event, datetime.now(UTC))
        except ReceiverGoneError as error:
            await self._disable_if_meant(url, error, args.application_id)
            return DeliveryOutcome.DISABLED
        except ReceiverUnavailableError:
            self._gone.reset()
            raise
        self._gone.reset()
        return DeliveryOutcome.DELIVERED

    async def _disable_if_meant(
        self, url: str, error: ReceiverGoneError, application_id: str
    ) -> None:
        """Believe a 410 after an hour of them; until then it is an outage."""
        now = datetime.now(UTC)
        self._gone.add(now)
        if not self._gone.are_meant(now):
            raise ReceiverUnavailableError(
                "the ATS answers 410", retry_after=error.retry_after
            ) from None
        await asyncio.to_thread(self._switch.disable, url)
        self._gone.reset()
        log.error(
            "delivery disabled: the ATS has answered 410 for an hour;"
            " `letterbox deliver --enable` turns it on again",
            application=application_id,
        )


def _as_written(args: DeliveryOrder, record: Application | None) -> DeliveryOrder:
    """Return the event as the record has it, if it still does."""
    for owed in record.owed if record else ():
        if owed.delivery_id == args.delivery_id:
            return args.model_copy(update=owed.model_dump())
    return args


def _count(args: DeliveryOrder, outcome: str) -> None:
    counter = activity.metric_meter().create_counter(
        "letterbox_deliveries", "Attempts to deliver an event to the ATS."
    )
    counter.add(1, {"type": args.type.value, "outcome": outcome})

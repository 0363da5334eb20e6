"""Telling the hirer's ATS what happened to an application."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

import structlog
from temporalio import activity

from activities.threads import heartbeating
from letterbox.domain.application import Application
from letterbox.domain.errors import (
    DamagedError,
    LetterboxError,
    ReceiverGoneError,
    ReceiverUnavailableError,
)
from letterbox.domain.events import Event, event_of
from letterbox.domain.gone import GoneAnswers
from letterbox.domain.messages import Delivered, DeliveryOrder, Outcome
from letterbox.domain.ports import Applications
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

log = structlog.get_logger()


class Receiver(Protocol):
    """The ATS at one address."""

    @property
    def url(self) -> str:
        """Where it is."""

    async def send(self, delivery_id: str, event: Event, now: datetime) -> None:
        """Deliver, now; raises ReceiverGoneError, ReceiverUnavailableError."""


class Switch(Protocol):
    """Remembers the address that wants nothing more. Blocking."""

    def disabled(self, url: str) -> bool:
        """Tell whether this very address was disabled."""

    def disable(self, url: str) -> None:
        """Deliver nothing more to it until somebody says so."""


class DeliveryActivities:
    """Deliver events; ``receiver`` is None where no ATS is configured."""

    def __init__(
        self,
        *,
        records: Applications,
        receiver: Receiver | None,
        switch: Switch,
        gone: GoneAnswers | None = None,
    ) -> None:
        self._records = records
        self._receiver = receiver
        self._switch = switch
        self._gone = gone or GoneAnswers()

    @activity.defn(name="deliver")
    async def deliver(self, given: DeliveryOrder) -> Delivered:
        """
        Try once; Temporal tries again under the same id.

        An attempt that was lost on its way back is repeated: the ATS knows the id.
        """
        try:
            async with heartbeating():
                outcome = await self._deliver(given)
        except LetterboxError:
            _count(given, "failed")
            raise
        _count(given, outcome.value)
        attempts = activity.info().attempt
        if outcome is Outcome.DELIVERED:
            about = {"type": given.type.value, "attempts": attempts}
            note(Transition.TOLD, given.application_id, **about)
        return Delivered(outcome=outcome)

    async def _deliver(self, given: DeliveryOrder) -> Outcome:
        if self._receiver is None:
            # Another worker may have one: nothing is swallowed while settings change.
            raise ReceiverUnavailableError("this worker has no ATS to tell")
        url = self._receiver.url
        if await asyncio.to_thread(self._switch.disabled, url):
            return Outcome.DISABLED
        record = await asyncio.to_thread(self._record, given.application_id)
        happening = _as_written(given, record)
        try:
            await self._receiver.send(
                given.delivery_id, event_of(happening, record), datetime.now(UTC)
            )
        except ReceiverGoneError as error:
            await self._disable_if_meant(url, error, given.application_id)
            return Outcome.DISABLED
        except ReceiverUnavailableError:
            self._gone.reset()
            raise
        self._gone.reset()
        return Outcome.DELIVERED

    def _record(self, application_id: str) -> Application | None:
        """Read the record; what cannot be read is told by the order alone."""
        try:
            return self._records.find(application_id)
        except DamagedError:
            return None

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


def _as_written(given: DeliveryOrder, record: Application | None) -> DeliveryOrder:
    """Tell how it stood when it happened, if the record still says so."""
    owed = record.owed if record else ()
    for one in owed:
        if one.delivery_id == given.delivery_id:
            return given.model_copy(update=one.model_dump())
    return given


def _count(given: DeliveryOrder, outcome: str) -> None:
    counter = activity.metric_meter().create_counter(
        "letterbox_deliveries", "Attempts to deliver an event to the ATS."
    )
    counter.add(1, {"type": given.type.value, "outcome": outcome})

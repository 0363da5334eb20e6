"""The events for the ATS, delivered one after the other."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import steps
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import EventType, Stage
    from letterbox.domain.messages import (
        DeliveryOrder,
        DeliveryOutcome,
        KeepUndeliveredInput,
    )
    from letterbox.domain.owing import id_of_the_end
    from letterbox.domain.status import BriefStatus, OwedEvent, Recorded, Status


_OF_WHAT_HAS_ENDED = {
    Stage.ARCHIVED: EventType.ARCHIVED,
    Stage.ERASED: EventType.ERASED,
}

KEPT = "what-is-owed-is-kept"
"""
The patch of what follows a delivery that did not succeed. Runs that saw one before it
put the event aside for good.
"""

# The id of the event, and whether the ATS has it.
OnOver = Callable[[str, bool], Awaitable[None]]


class Outbox:
    """
    Delivers events beside all else, in their order, each under one id.

    What is owed is known from the record: what is not delivered when a process dies is
    owed still. ``on_over`` is called when an event of an open application is over, so
    that it is owed no longer. What an ATS that has said 410 is owed of an application
    that has ended is kept in the store, so that its workflow can end.
    """

    def __init__(self, state: ApplicationState, on_over: OnOver) -> None:
        self._id = state.application_id
        self._state = state
        self._on_over = on_over
        self._waiting: deque[DeliveryOrder] = deque()
        self._sending = False
        self._known: set[str] = set()
        self._owed: set[str] = set()
        self._given_up: list[DeliveryOrder] = []
        self._disabled: list[DeliveryOrder] = []
        self._kept: set[str] = set()
        self.is_open = False
        """Whether a step by an older release has said that there is an ATS."""

    def owe(self, recorded: Recorded, status: Status) -> None:
        """Put in line what a step returns as owed, and is not in line already."""
        for event in recorded.owed:
            self._owed.add(event.delivery_id)
            self._put(event, status)

    def try_again(self) -> None:
        """Put in line again what was put aside."""
        self._waiting.extend((*self._given_up, *self._disabled))
        self._given_up.clear()
        self._disabled.clear()

    def add_kept(self, orders: Iterable[DeliveryOrder]) -> None:
        """Put in line what was kept in the store, and is not in line already."""
        for order in orders:
            self._kept.add(order.delivery_id)
            self._put_order(order)

    def add(self, type_: EventType, status: Status) -> None:
        """Put in line what a step by an older release has brought."""
        if self.is_open:
            self._put(_event(type_, str(workflow.uuid4())), status)

    def add_end(self, type_: EventType, status: Status) -> None:
        """Put in line what has no record any more: always under the same id."""
        self._put(_event(type_, id_of_the_end(self._id, type_)), status)

    def add_again(self, status: Status, delivery_id: str) -> None:
        """Put in line where an application stands that has no record any more."""
        type_ = _OF_WHAT_HAS_ENDED.get(status.stage, EventType.UPDATED)
        self._put(_event(type_, delivery_id), status)

    def is_empty(self) -> bool:
        """Whether nothing waits, is on its way, or is to be kept."""
        return not self._has_work() and not self._sending

    async def send(self) -> None:
        """Deliver what is in line, for as long as the workflow lives."""
        while True:
            await workflow.wait_condition(self._has_work)
            self._sending = True
            if self._waiting:
                await self._deliver(self._waiting.popleft())
            else:
                await self._save()
            self._sending = False

    def _has_work(self) -> bool:
        return bool(self._waiting) or (bool(self._disabled) and self._state.is_ended)

    async def _save(self) -> None:
        """Save in the store what this workflow will not remember."""
        orders = tuple(self._disabled)
        self._disabled.clear()
        keeping = KeepUndeliveredInput(application_id=self._id, events=orders)
        await steps.keep_undelivered(keeping)
        # Whoever asks from now on finds it in the store.
        self._known -= {order.delivery_id for order in orders}

    def _put(self, event: OwedEvent, status: Status) -> None:
        order = DeliveryOrder(
            application_id=self._id,
            **event.model_dump(),
            **status.model_dump(include=set(BriefStatus.model_fields)),
        )
        self._put_order(order)

    def _put_order(self, order: DeliveryOrder) -> None:
        if order.delivery_id not in self._known:
            self._known.add(order.delivery_id)
            self._waiting.append(order)

    async def _deliver(self, order: DeliveryOrder) -> None:
        try:
            delivered = await steps.deliver(order)
        except ActivityError:
            self._put_off(order)
            return
        if delivered.outcome is DeliveryOutcome.DISABLED and workflow.patched(KEPT):
            self._disabled.append(order)
            return
        is_there = delivered.outcome is DeliveryOutcome.DELIVERED
        is_of_an_end = order.type in _OF_WHAT_HAS_ENDED.values()
        is_over = is_there or order.delivery_id in self._owed
        if is_over and not is_of_an_end:
            await self._on_over(order.delivery_id, is_there)
        if is_there and order.delivery_id in self._kept:
            await steps.forget_undelivered(order)

    def _put_off(self, order: DeliveryOrder) -> None:
        """Put it behind the others: the ATS may not like this one."""
        workflow.logger.error(
            "not delivered for three days: tried again after the others",
            extra={"application": self._id, "type": order.type},
        )
        if workflow.patched(KEPT):
            self._waiting.append(order)
        else:
            self._given_up.append(order)


def _event(type_: EventType, delivery_id: str) -> OwedEvent:
    return OwedEvent(type=type_, delivery_id=delivery_id, happened_at=workflow.now())

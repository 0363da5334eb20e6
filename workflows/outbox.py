"""What the ATS is to be told, one after the other."""

from collections import deque
from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import steps
from workflows.status import Status

with workflow.unsafe.imports_passed_through():
    from activities.delivery_values import DeliveryOrder, Outcome
    from domain.application import Stage
    from domain.delivery import EventType

_OF_WHAT_IS_OPEN = {EventType.RECORDED, EventType.MATCHED, EventType.UPDATED}
_OF_WHAT_HAS_ENDED = {
    Stage.ARCHIVED: EventType.ARCHIVED,
    Stage.ERASED: EventType.ERASED,
}


class Outbox:
    """
    Delivers events beside all else, in their order.

    An event keeps its id over all retries. ``on_delivered`` is called when the ATS
    has the application.
    """

    def __init__(
        self, application_id: str, on_delivered: Callable[[], Awaitable[None]]
    ) -> None:
        self._id = application_id
        self._on_delivered = on_delivered
        self._waiting: deque[DeliveryOrder] = deque()
        self._sending = False
        self.is_open = False

    def add(self, type_: EventType, status: Status) -> None:
        """Put an event in line, if there is an ATS that wants to be told."""
        if not self.is_open:
            return
        self._waiting.append(
            DeliveryOrder(
                application_id=self._id,
                type=type_,
                delivery_id=str(workflow.uuid4()),
                happened_at=workflow.now(),
                stage=status.stage,
                flags=status.flags,
                position=status.position,
                hirer=status.hirer,
                archive_by=status.archive_by,
            )
        )

    def add_again(self, status: Status) -> None:
        """Tell once more where the application stands."""
        self.add(_OF_WHAT_HAS_ENDED.get(status.stage, EventType.UPDATED), status)

    def is_empty(self) -> bool:
        """Whether nothing waits and nothing is on its way."""
        return not self._waiting and not self._sending

    async def send(self) -> None:
        """Deliver what is in line, for as long as the workflow lives."""
        while True:
            await workflow.wait_condition(lambda: bool(self._waiting))
            self._sending = True
            order = self._waiting.popleft()
            await self._deliver(order)
            self._sending = False

    async def _deliver(self, order: DeliveryOrder) -> None:
        try:
            delivered = await steps.deliver(order)
        except ActivityError:
            workflow.logger.error(
                "not delivered: send it again with `letterbox deliver`",
                extra={"application": self._id, "type": order.type},
            )
            return
        is_there = delivered.outcome is Outcome.DELIVERED
        if is_there and order.type in _OF_WHAT_IS_OPEN:
            await self._on_delivered()

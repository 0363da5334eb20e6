"""The lock on the record, and the status that follows what the record says."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows.calls import cause_of
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.commands import PlaceHoldResult
    from letterbox.domain.errors import NotFoundError
    from letterbox.domain.status import Recorded, Status
    from letterbox.temporal import search_attributes as attributes


Result = TypeVar("Result")


class Interrupted(Exception):  # noqa: N818 no error: an erasure has its way
    """An erasure takes the place of whatever else would change the record."""


class RecordAccess:
    """
    The lock on the record, and the one way to change the status.

    A hold and the alarm are in the status at once, and in the record when it can be
    written. ``on_recorded`` is called with what a step on the record says.
    """

    def __init__(
        self,
        state: ApplicationState,
        on_recorded: Callable[[Recorded, Status], None],
    ) -> None:
        self._state = state
        self._on_recorded = on_recorded
        self.lock = asyncio.Lock()
        self._under_way: asyncio.Task[Any] | None = None
        self._is_interrupted = False
        self._show()

    def set_status(self, status: Status) -> None:
        """Take a new status over, in the search attributes and in the UI."""
        status = self._state.with_what_is_not_noted(status)
        if status != self._state.status:
            self._state.status = status
            workflow.upsert_search_attributes(attributes.updates(status))
        self._show()

    def take_over(self, recorded: Recorded) -> None:
        """Take over what a step says of the record, and what the ATS is owed."""
        self.set_status(recorded.status)
        self._on_recorded(recorded, self._state.status)

    def set_hold(self, hold: PlaceHoldResult | None) -> None:
        """Show a hold, or its release, ahead of the record; None when that says so."""
        self._state.hold = hold
        self.set_status(self._state.status)

    def set_overdue(self) -> None:
        """Show that the archive is overdue ahead of the record."""
        self._state.is_overdue, self._state.is_overdue_noted = True, False
        self.set_status(self._state.status)

    async def alone(self, step: Coroutine[Any, Any, Result]) -> Result:
        """Take a step that reads and writes the record while nobody else does."""
        # Whoever is cancelled while waiting for the lock has not begun the step.
        with closing(step):
            async with self.lock:
                if not self._state.is_new:
                    return await step
                if self._is_interrupted:
                    raise Interrupted
                self._under_way = under_way = asyncio.create_task(step)
                try:
                    return await under_way
                except (asyncio.CancelledError, FailureError) as error:
                    # A step that has failed before is a regular activity by now: its
                    # cancellation is a failure of its own.
                    if self._is_interrupted and is_cancelled_exception(error):
                        raise Interrupted from None
                    raise
                finally:
                    self._under_way = None

    async def amend(self, step: Coroutine[Any, Any, Recorded | None]) -> None:
        """Change the record, alone; a step that finds no record changes nothing."""
        try:
            recorded = await self.alone(step)
        except FailureError as error:
            # A record that is lost: the next look into the store says so.
            type_ = getattr(cause_of(error), "type", None)
            if not self._state.is_new or type_ != NotFoundError.__name__:
                raise
            return
        if recorded:
            self.take_over(recorded)

    def interrupt(self) -> None:
        """Stop whoever changes the record, and let nobody else begin."""
        self._is_interrupted = True
        if self._under_way:
            self._under_way.cancel()

    def go_on(self) -> None:
        """Allow changes of the record again."""
        self._is_interrupted = False

    def _show(self) -> None:
        workflow.set_current_details(self._state.details())

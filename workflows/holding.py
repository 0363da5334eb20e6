"""Legal holds: placed and released at once, noted in the record when it is free."""

import asyncio
from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows import steps
from workflows.record_access import RecordAccess
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.commands import (
        EndHoldInput,
        HoldRequest,
        NoteHoldInput,
        PlaceHoldInput,
        PlaceHoldResult,
    )
    from letterbox.domain.status import Recorded, Status


class HoldHandler:
    """
    Writes the hold's own object, which is the truth about it, without the lock.

    From then on nothing is removed, whatever becomes of the record.
    """

    def __init__(self, state: ApplicationState, record: RecordAccess) -> None:
        self._id = state.application_id
        self._state = state
        self._record = record
        self._one_at_a_time = asyncio.Lock()
        self._requests = 0
        self._by = ""
        self._reason: str | None = None
        self._latest = 0
        self._noted = 0
        self._ending: asyncio.Task[Recorded] | None = None

    @property
    def is_requested(self) -> bool:
        """Whether somebody waits for a hold: what would remove anything waits, too."""
        return self._requests > 0

    @property
    def is_to_be_noted(self) -> bool:
        """Whether the record lacks the latest request."""
        return self._noted < self._latest

    def be_noted(self) -> None:
        """Request that the hold's own object be copied into the record."""
        self._latest += 1

    async def hold(self, command: HoldRequest) -> Status:
        """Place a hold, or release it, though the record be unknown or away."""
        self._by, self._reason = command.by, command.reason
        self._requests += 1
        try:
            if self._ending:
                self._ending.cancel()
            async with self._one_at_a_time:
                held = await steps.write_hold(
                    PlaceHoldInput(
                        application_id=self._id,
                        given=command,
                        was_recorded=self._state.is_recorded,
                    )
                )
        finally:
            self._requests -= 1
        return self._shown(held)

    async def hold_as_before(
        self, command: HoldRequest, check: Callable[[HoldRequest], None]
    ) -> Status:
        """Place a hold, or release it, under the lock, as older releases did."""
        async with self._record.lock:
            check(command)
            self._requests += 1
            try:
                held = await steps.place_hold(
                    PlaceHoldInput(application_id=self._id, given=command)
                )
                self._record.set_status(held.status)
            finally:
                self._requests -= 1
        return self._state.status

    async def note(self) -> None:
        """Write the latest request into the record."""
        latest = self._latest
        note = NoteHoldInput(application_id=self._id, by=self._by, reason=self._reason)
        await self._record.amend(steps.note_hold(note))
        self._noted = latest
        if not self.is_to_be_noted:
            self._record.set_hold(None)

    async def end(self) -> None:
        """Release a hold whose time is up, unless somebody asks for another."""
        async with self._one_at_a_time:
            end = EndHoldInput(application_id=self._id, now=workflow.now())
            step = self._record.alone(steps.end_hold(end))
            self._ending = asyncio.create_task(step)
            try:
                recorded = await self._ending
            except (asyncio.CancelledError, FailureError) as error:
                task = asyncio.current_task()
                if not is_cancelled_exception(error) or (task and task.cancelling()):
                    raise
                return
            finally:
                self._ending = None
        self._record.set_hold(None)
        self._record.take_over(recorded)

    def _shown(self, held: PlaceHoldResult) -> Status:
        self._record.set_hold(held)
        if held.ended:
            return self._state.status.model_copy(update={"stage": held.ended})
        self._latest += 1
        return self._state.status

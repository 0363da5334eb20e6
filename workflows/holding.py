"""Legal holds: placed and released at once, noted in the record when it is free."""

import asyncio
from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows import amending
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.commands import Held, Holding
    from letterbox.domain.status import Recorded, Status


class Holds:
    """
    Writes the hold's own object, which is the truth about it, without the lock.

    From then on nothing is removed, whatever becomes of the record.
    """

    def __init__(self, application_id: str, state: ApplicationState) -> None:
        self._id = application_id
        self._state = state
        self._one_at_a_time = asyncio.Lock()
        self._being_asked = 0
        self._by = ""
        self._asked = 0
        self._noted = 0
        self._ending: asyncio.Task[Recorded] | None = None

    @property
    def is_being_asked(self) -> bool:
        """Whether somebody waits for a hold: what would remove anything waits too."""
        return self._being_asked > 0

    @property
    def is_to_be_noted(self) -> bool:
        """Whether the record does not say yet what was asked."""
        return self._noted < self._asked

    def be_noted(self) -> None:
        """Have the record say what the store says of a hold."""
        self._asked += 1

    async def hold(self, asked: Holding) -> Status:
        """Place a hold, or release it, though the record be unknown or away."""
        self._by = asked.by
        self._being_asked += 1
        try:
            if self._ending:
                self._ending.cancel()
            async with self._one_at_a_time:
                held = await amending.write_hold(
                    self._id, asked, was_recorded=self._state.is_recorded
                )
        finally:
            self._being_asked -= 1
        return self._say(held)

    async def hold_as_before(
        self, asked: Holding, check: Callable[[Holding], None]
    ) -> Status:
        """Do so under the lock, as older releases did."""
        async with self._state.lock:
            check(asked)
            self._being_asked += 1
            try:
                held = await amending.place_hold(self._id, asked)
                self._state.set_status(held.status)
            finally:
                self._being_asked -= 1
        return self._state.status

    async def note(self) -> None:
        """Say in the record what was asked."""
        asked = self._asked
        await self._state.amend(amending.note_hold(self._id, self._by))
        self._noted = asked
        if not self.is_to_be_noted:
            self._state.be_held(None)

    async def end(self) -> None:
        """Release a hold whose time is up, unless somebody asks for another."""
        async with self._one_at_a_time:
            step = self._state.alone(amending.end_hold(self._id))
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
        self._state.be_held(None)
        self._state.take_over(recorded)

    def _say(self, held: Held) -> Status:
        self._state.be_held(held)
        if held.ended:
            return self._state.status.model_copy(update={"stage": held.ended})
        self._asked += 1
        return self._state.status

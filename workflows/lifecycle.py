"""The course of an application: take in, wait, archive; or erase."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import steps
from workflows.alarms import Alarm, Why, next_alarm
from workflows.holding import HoldHandler
from workflows.intake import Intake
from workflows.outbox import Outbox
from workflows.record_access import Interrupted, RecordAccess
from workflows.reports import Reports
from workflows.requests import Requests
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import EventType, Flag, Stage
    from letterbox.domain.commands import (
        EndHoldInput,
        EraseInput,
        EraseRequest,
        NoteClosingInput,
        NoteDeliveredInput,
        NoteFlagInput,
    )
    from letterbox.domain.messages import RetireResult
    from letterbox.domain.status import Recorded, Status


SPINE = "owed-in-the-record"
"""
A patch. Runs that began before it keep the order of their steps (lock over a whole
intake, holds under it, the alarm within the packing), until they wake: then they go on
as a new run.
"""

TWO_STEPS = "two-steps"
"""A later patch: runs that began before it keep the steps of ``workflows/older.py``."""

# Before an archive that is begun late counts as overdue.
_TIME_TO_ARCHIVE = timedelta(minutes=10)


class Lifecycle:
    """Runs an application from its inbox to its end, one step at a time."""

    def __init__(self, state: ApplicationState) -> None:
        self._id = state.application_id
        self._state = state
        self.outbox = Outbox(state, self._note_delivered)
        self.record = RecordAccess(state, self._on_recorded)
        self.reports = Reports(state, self.record)
        self.holds = HoldHandler(state, self.record)
        self.requests = Requests(state, self.record)
        self._intake = Intake(state, self.record, self.outbox)
        self._wakes, self._is_renewed = 0, False

    @property
    def goes_on_as_new(self) -> bool:
        """Whether the next run is a new one: the store knows all that is needed."""
        return self._state.is_new or self._is_renewed or not self._state.has_signals

    async def run_until_erased(self) -> bool:
        """Live, unless an erasure comes first; False asks for another run."""
        state = self._state
        life = asyncio.create_task(self._live())
        await workflow.wait_condition(lambda: state.erasure is not None or life.done())
        state.is_lost = life.done() and life.exception() is not None
        await self._rest_until(lambda: state.erasure is not None or self._is_quiet())
        if state.erasure is None:
            return await life
        if state.is_new:
            self.record.interrupt()
        life.cancel()
        await asyncio.gather(life, self.reports.stop(), return_exceptions=True)
        if not await self._erase(state.erasure):
            await workflow.wait_condition(workflow.all_handlers_finished)
            return False
        await self._rest_until(self._is_quiet)
        return True

    async def note_in_record(self) -> None:
        """Write into the record what the status says ahead of it, beside all else."""
        while True:
            await workflow.wait_condition(self._is_to_be_noted)
            with suppress(Interrupted):
                if self.holds.is_to_be_noted:
                    await self.holds.note()
                else:
                    overdue = NoteFlagInput(application_id=self._id, flag=Flag.OVERDUE)
                    await self.record.amend(steps.note_flag(overdue))
                    self._state.is_overdue_noted = True

    async def _rest_until(self, is_enough: Callable[[], bool]) -> None:
        """Wait; what late repeats bring to what has ended is removed meanwhile."""

        def is_late() -> bool:
            return self._state.is_ended and self._state.redelivered

        while True:
            await workflow.wait_condition(lambda: is_enough() or is_late())
            if not is_late():
                return
            self._state.redelivered = False
            await self._take_in()

    async def _live(self) -> bool:
        """Take in, then wait and do what is due; False asks for a new run."""
        has_ended = await self._take_in()
        while not has_ended:
            if self._is_history_full():
                await self.reports.finish()
                return False
            if self._state.is_new and not self._state.is_due:
                # Signals may have moved the date by months.
                self._state.had_last_look = False
            alarm = next_alarm(
                self._state.status,
                workflow.now(),
                asking=self._state.asking,
                scanning=self._state.scanning,
            )
            is_signalled = await self._wait(alarm)
            if self._is_to_be_renewed():
                return False
            if is_signalled:
                has_ended = await self._handle_signals()
            else:
                has_ended = await self._on_timer(alarm.why)
        return True

    def _is_history_full(self) -> bool:
        is_idle = self.outbox.is_empty() and not self._state.has_signals
        # A server may take back what it has suggested: for updates that were refused.
        is_long = self._state.is_full or workflow.info().is_continue_as_new_suggested()
        return is_long and (self._state.is_new or is_idle)

    def _is_to_be_renewed(self) -> bool:
        """Continue as new, on its next wake, a run that an older release began."""
        if self._state.is_new or not self.outbox.is_empty():
            return False
        self._wakes += 1
        self._is_renewed = workflow.patched(f"{SPINE}-{self._wakes}")
        return self._is_renewed

    async def _wait(self, alarm: Alarm) -> bool:
        """Wait for the alarm, or for signals or a full history: True for these."""
        before = self._state.status

        def is_signalled() -> bool:
            has_news = self._state.has_signals or self._state.is_full
            return has_news or self._state.status != before

        if alarm.left > timedelta(0):
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    is_signalled, timeout=alarm.left, timeout_summary=alarm.why.value
                )
        return is_signalled()

    async def _handle_signals(self) -> bool:
        """Act upon signals; a change of the status only moves the alarm."""
        state = self._state
        if state.redelivered or state.refresh:
            again, state.redelivered, state.refresh = state.refresh, False, False
            return await self._take_in(again=again)
        if state.closed_at:
            closing = NoteClosingInput(
                application_id=self._id,
                closed_at=state.closed_at,
                now=workflow.now(),
            )
            state.closed_at = None
            await self.record.amend(steps.note_closing(closing))
        return False

    async def _on_timer(self, why: Why) -> bool:
        match why:
            case Why.ASK_AGAIN:
                return await self._take_in()
            case Why.SCAN_AGAIN:
                await self._intake.scan_again()
            case Why.HOLD_ENDS if self._state.is_new:
                await self.holds.end()
            case Why.HOLD_ENDS:
                end = EndHoldInput(application_id=self._id, now=workflow.now())
                await self.record.amend(steps.end_hold(end))
            case Why.ARCHIVE:
                return await self._archive()
        return False

    async def _take_in(self, *, again: bool = False, is_last: bool = False) -> bool:
        """Take over whatever lies in the inbox; True where the end was reached."""
        await self._intake.take_in(again=again, is_last=is_last)
        self._state.is_taken_in = True
        return self._state.is_ended

    async def _archive(self) -> bool:
        """Archive after a last look at the board; False where signals came first."""
        again, self._state.had_last_look = not self._state.had_last_look, True
        if await self._take_in(again=again, is_last=True):
            return True
        await self.reports.until_told()
        if self._state.has_signals or not self._state.is_due:
            return False
        await self._pack()
        if self._state.has_signals:
            return False
        retired = await self._retire()
        if not retired.done:
            # Something came in, or was changed: it is looked at, and packed again.
            self._state.redelivered = True
            return False
        if retired.deliver or self.outbox.is_open:
            self.outbox.add_end(EventType.ARCHIVED, self._state.status)
        return True

    async def _pack(self) -> None:
        """Write the archive, for as long as it takes; ``ArchiveWatch`` sees it late."""
        if self._state.is_new:
            await steps.pack(self._id)
            return
        alarm = asyncio.create_task(self._raise_alarm_when_overdue())
        try:
            await steps.pack(self._id)
        finally:
            # Not waited for: where it is at work it holds the lock.
            alarm.cancel()

    async def _raise_alarm_when_overdue(self) -> None:
        overdue_at = self._state.status.overdue_at or workflow.now()
        left = max(overdue_at - workflow.now(), _TIME_TO_ARCHIVE)
        await workflow.sleep(left, summary="until the archive is overdue")
        await self.record.amend(steps.note_overdue(self._id))

    async def _retire(self) -> RetireResult:
        """Remove the open copy; not done where it is not what was packed any more."""
        retired = await self.record.alone(steps.retire(self._id))
        if retired.done:
            archived = {"stage": Stage.ARCHIVED}
            self.record.set_status(self._state.status.model_copy(update=archived))
        return retired

    async def _erase(self, erasure: EraseRequest) -> bool:
        """Remove all there is; False where that is refused."""
        async with self.record.lock:
            try:
                args = EraseInput(application_id=self._id, given=erasure)
                erased = await steps.erase(args)
            except ActivityError as error:
                if not self._state.is_new:
                    raise
                self.requests.refuse_erasure(error)
                return False
            self.record.set_status(Status(stage=Stage.ERASED))
        self.record.go_on()
        # An archived one may not have been looked at yet.
        if erased.deliver or self.outbox.is_open:
            self.outbox.add_end(EventType.ERASED, self._state.status)
        return True

    async def _note_delivered(self, delivery_id: str, is_delivered: bool) -> None:  # noqa: FBT001
        event = NoteDeliveredInput(
            application_id=self._id,
            delivery_id=delivery_id,
            is_delivered=is_delivered,
        )
        with suppress(Interrupted):
            await self.record.amend(steps.note_delivered(event))

    def _on_recorded(self, recorded: Recorded, status: Status) -> None:
        self.outbox.owe(recorded, status)
        self.reports.owe(recorded.owed_to_board)

    def _is_to_be_noted(self) -> bool:
        state = self._state
        is_ahead = self.holds.is_to_be_noted or not state.is_overdue_noted
        is_open = state.is_recorded and not state.is_ended
        return is_ahead and is_open and state.erasure is None

    def _is_quiet(self) -> bool:
        is_told = self.outbox.is_empty() or (
            self._state.is_new and not self._state.is_ended
        )
        return is_told and workflow.all_handlers_finished()

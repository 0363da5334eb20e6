"""Status changes, reported to the board one after the other."""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

from workflows import steps
from workflows.options import REPORT
from workflows.record_access import Interrupted, RecordAccess
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.commands import NoteReportingInput, SendStatusInput


STOPPED = "an-erasure-stops-reports"
"""A patch: runs that began an erasure before it let a report end by itself."""

FINISHED = "a-new-run-repeats-no-report"
"""A patch: runs that went on as new before it left what was on its way behind."""

_BEFORE_THE_ARCHIVE = timedelta(days=1)
_TO_NOTE_IT = timedelta(days=1)
# Time for a few attempts, however late it is.
_AT_LEAST = timedelta(minutes=1)


class Reports:
    """
    Reports changes to the board beside all else, in order, each under its id.

    What is owed is known from the record: what was not reported when a process dies is
    owed still. An erasure waits for no board: it stops what is being sent, so that
    nothing is sent of what is erased. An archive waits for a while, and so does a new
    run: it would send again what is on its way.
    """

    def __init__(self, state: ApplicationState, record: RecordAccess) -> None:
        self._id = state.application_id
        self._state = state
        self._record = record
        self._waiting: deque[str] = deque()
        self._known: set[str] = set()
        self._sending: asyncio.Task[None] | None = None
        self._is_on_its_way = False
        self._is_stopped = False

    def owe(self, change_ids: Iterable[str]) -> None:
        """Put in line what the record says is owed, and is not in line already."""
        for change_id in change_ids:
            if change_id not in self._known:
                self._known.add(change_id)
                self._waiting.append(change_id)

    async def until_told(self) -> None:
        """
        Wait until the board has all that it is owed: what is archived tells it nothing.

        A board that is away gets a day, and no more than half the margin.
        """
        status = self._state.status
        now = workflow.now()
        due = status.archive_by or now
        deadline = min(due + _BEFORE_THE_ARCHIVE, status.overdue_at or due)

        def is_over() -> bool:
            return not self._waiting or self._state.has_signals

        if is_over():
            return
        with suppress(TimeoutError):
            await workflow.wait_condition(
                is_over,
                timeout=max(deadline - now, _AT_LEAST),
                timeout_summary="until the board is given up",
            )

    async def send(self) -> None:
        """Send changes of the status to the board, in order, until the end."""
        self._sending = asyncio.current_task()
        while not self._is_stopped:
            await workflow.wait_condition(
                lambda: bool(self._waiting) or self._is_stopped
            )
            if self._is_stopped:
                return
            change_id = self._waiting[0]
            args = SendStatusInput(application_id=self._id, change_id=change_id)
            self._is_on_its_way = True
            sent = await steps.send_status(args)
            self._is_on_its_way = False
            if sent.reporting is not None:
                note = NoteReportingInput(**args.model_dump(), reporting=sent.reporting)
                with suppress(Interrupted):
                    await self._record.amend(steps.note_reporting(note))
            self._waiting.popleft()

    async def finish(self) -> None:
        """
        Begin nothing more, and wait until what is on its way is sent and noted.

        A board that hangs or is away gets the time of an attempt. What it has taken is
        noted first, though the store is away for a day: the next run reads it there.
        """
        is_idle = not self._state.is_new or not self._waiting
        if is_idle or not workflow.patched(FINISHED):
            return
        self._is_stopped = True

        def is_over() -> bool:
            return self._sending is None or self._sending.done()

        with suppress(TimeoutError):
            await workflow.wait_condition(
                is_over,
                timeout=REPORT["start_to_close_timeout"],
                timeout_summary="until the board has the status that is on its way",
            )
        if not self._is_on_its_way:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    is_over,
                    timeout=_TO_NOTE_IT,
                    timeout_summary="until it is noted that the board has it",
                )
        await self.stop()

    async def stop(self) -> None:
        """Send nothing more, and wait until what is being sent has been let go."""
        is_idle = not self._state.is_new or not self._waiting
        if is_idle or not workflow.patched(STOPPED):
            return
        self._is_stopped = True
        if self._sending:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)

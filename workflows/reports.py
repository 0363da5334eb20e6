"""Status changes for the board, told one after the other."""

from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from temporalio import workflow

from workflows import steps
from workflows.record_access import Interrupted, RecordAccess
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.commands import NoteReportingInput, SendStatusInput


class Reports:
    """
    Tells the board beside all else, in order, each change under its id.

    What is owed is known from the record: what is not told when a process dies is owed
    still. An application that ends waits for no board.
    """

    def __init__(self, state: ApplicationState, record: RecordAccess) -> None:
        self._id = state.application_id
        self._record = record
        self._waiting: deque[str] = deque()
        self._known: set[str] = set()

    def owe(self, change_ids: Iterable[str]) -> None:
        """Put in line what the record says is owed, and is not in line already."""
        for change_id in change_ids:
            if change_id not in self._known:
                self._known.add(change_id)
                self._waiting.append(change_id)

    async def send(self) -> None:
        """Send changes of the status to the board, in order, until the end."""
        while True:
            await workflow.wait_condition(lambda: bool(self._waiting))
            change_id = self._waiting[0]
            args = SendStatusInput(application_id=self._id, change_id=change_id)
            sent = await steps.send_status(args)
            if sent.reporting is not None:
                note = NoteReportingInput(**args.model_dump(), reporting=sent.reporting)
                with suppress(Interrupted):
                    await self._record.amend(steps.note_reporting(note))
            self._waiting.popleft()

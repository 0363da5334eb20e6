"""Updates of an application's workflow, whether it is open or has ended."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from letterbox.domain.commands import (
    Assignment,
    EraseRequest,
    HoldRequest,
    NoteStatusResult,
    ReleaseRequest,
    StatusReport,
)
from letterbox.domain.errors import (
    LetterboxError,
    NotFoundError,
    RefusedError,
    StoreUnavailableError,
    TemporalUnavailableError,
)
from letterbox.domain.status import Status
from letterbox.temporal.client import refuse_if_anothers, start_options
from letterbox.temporal.rpc import none_if_absent, reaching_temporal

# A worker has to be running to answer.
_TIMEOUT = timedelta(seconds=30)
# A server lets ten updates of a workflow wait at a time, and refuses the others.
_CONCURRENCY = 8
# They are answered whatever the others wait for, and must not wait behind them.
_URGENT = {"hold", "erase"}


class Updates:
    """
    Sends updates to applications; an ended workflow is started anew for it.

    Every verb raises RefusedError with the reason, NotFoundError for what was never
    accepted, StoreUnavailableError where the store is away, and
    TemporalUnavailableError where no answer came in time: it may still be carried out.
    """

    def __init__(
        self, client: Client, task_queue: str, timeout: timedelta = _TIMEOUT
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._timeout = timeout
        self._places = WeakValueDictionary[str, asyncio.Semaphore]()

    async def assign(self, application_id: str, args: Assignment) -> Status:
        """Choose the position."""
        return await self._update(application_id, "assign_position", args)

    async def hold(self, application_id: str, args: HoldRequest) -> Status:
        """Place a legal hold, or release it."""
        return await self._update(application_id, "hold", args)

    async def refresh(self, application_id: str) -> Status:
        """Ask the board again, soon."""
        return await self._update(application_id, "refresh")

    async def erase(self, application_id: str, args: EraseRequest) -> Status:
        """Remove everything but the tombstone."""
        return await self._update(application_id, "erase", args)

    async def release(self, application_id: str, args: ReleaseRequest) -> Status:
        """Take a document out of quarantine."""
        return await self._update(application_id, "release", args)

    async def deliver(self, application_id: str) -> Status:
        """Send the ATS an event once more."""
        return await self._update(application_id, "deliver")

    async def catch_up(self, application_id: str) -> Status:
        """Send the ATS what it is owed, and nothing besides."""
        return await self._update(application_id, "catch_up")

    async def report_status(
        self, application_id: str, report: StatusReport
    ) -> NoteStatusResult:
        """Note where the candidate stands, and have the board told."""
        noted: NoteStatusResult = await self._answer(
            application_id, "report_status", report, result_type=NoteStatusResult
        )
        return noted

    async def _update(self, application_id: str, name: str, *args: Any) -> Status:
        status: Status = await self._answer(
            application_id, name, *args, result_type=Status
        )
        return status

    async def _answer(
        self, application_id: str, name: str, *args: Any, result_type: type
    ) -> Any:
        """Send it once its turn comes: many at once would be refused, not queued."""
        if name in _URGENT:
            return await self._sent(application_id, name, args, result_type)
        places = self._places.setdefault(
            application_id, asyncio.Semaphore(_CONCURRENCY)
        )
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                await places.acquire()
        except TimeoutError:
            raise TemporalUnavailableError(
                "too many changes of this application wait already: try again later"
            ) from None
        try:
            return await self._sent(application_id, name, args, result_type)
        finally:
            places.release()

    async def _sent(
        self, application_id: str, name: str, args: Sequence[Any], result_type: type
    ) -> Any:
        await self._refuse_if_anothers(application_id)
        start: WithStartWorkflowOperation[Any, Status] = WithStartWorkflowOperation(
            "Application",
            application_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            result_type=Status,
            **start_options(application_id),
        )
        try:
            with reaching_temporal():
                answer = await self._client.execute_update_with_start_workflow(
                    name,
                    args=args,
                    start_workflow_operation=start,
                    result_type=result_type,
                    rpc_timeout=self._timeout,
                )
        except WorkflowUpdateFailedError as error:
            raise _cause_of(error) from None
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            raise TemporalUnavailableError(
                "no answer in time: is a worker running? It may still be carried out"
            ) from None
        return answer

    async def _refuse_if_anothers(self, application_id: str) -> None:
        handle = self._client.get_workflow_handle(application_id)
        with reaching_temporal():
            run = await none_if_absent(handle.describe(rpc_timeout=self._timeout))
        if run is not None:
            refuse_if_anothers(run, self._task_queue)


def _cause_of(error: WorkflowUpdateFailedError) -> LetterboxError:
    """Return our own error, which a validator or an activity has raised."""
    cause = error.cause
    if isinstance(cause, ActivityError):
        cause = cause.cause or cause
    if not isinstance(cause, ApplicationError):
        return RefusedError("the application's workflow has just ended: try again")
    for kind in (NotFoundError, StoreUnavailableError):
        if cause.type == kind.__name__:
            return kind(cause.message)
    return RefusedError(cause.message)

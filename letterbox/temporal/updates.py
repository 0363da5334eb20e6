"""What people ask of an application's workflow, whether it is open or has ended."""

from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError

from letterbox.domain.commands import Assignment, Erasure, Holding, Release
from letterbox.domain.errors import (
    LetterboxError,
    NotFoundError,
    RefusedError,
    StoreUnavailableError,
    TemporalUnavailableError,
)
from letterbox.domain.status import Status
from letterbox.temporal.client import search_attributes_of, summary_of

# A worker has to be there to answer.
_TIMEOUT = timedelta(seconds=30)


class Updates:
    """
    Sends updates to applications; an ended workflow is started anew for it.

    Every verb raises RefusedError with the reason, NotFoundError for what was never
    accepted, StoreUnavailableError where the store is away, and
    TemporalUnavailableError where no answer came in time: it may still be carried out.
    """

    def __init__(
        self, client: Client, task_queue: str, patience: timedelta = _TIMEOUT
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._patience = patience

    async def assign(self, application_id: str, given: Assignment) -> Status:
        """Choose the position."""
        return await self._update(application_id, "assign_position", given)

    async def hold(self, application_id: str, given: Holding) -> Status:
        """Place a legal hold, or release it."""
        return await self._update(application_id, "hold", given)

    async def refresh(self, application_id: str) -> Status:
        """Have the board asked again, soon."""
        return await self._update(application_id, "refresh")

    async def erase(self, application_id: str, given: Erasure) -> Status:
        """Remove everything but the tombstone."""
        return await self._update(application_id, "erase", given)

    async def release(self, application_id: str, given: Release) -> Status:
        """Take a document out of quarantine."""
        return await self._update(application_id, "release", given)

    async def deliver(self, application_id: str) -> Status:
        """Tell the ATS once more."""
        return await self._update(application_id, "deliver")

    async def _update(self, application_id: str, name: str, *given: Any) -> Status:
        start: WithStartWorkflowOperation[Any, Status] = WithStartWorkflowOperation(
            "Application",
            application_id,
            id=application_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=search_attributes_of(application_id),
            static_summary=summary_of(application_id),
            result_type=Status,
        )
        try:
            status: Status = await self._client.execute_update_with_start_workflow(
                name,
                args=given,
                start_workflow_operation=start,
                result_type=Status,
                rpc_timeout=self._patience,
            )
        except WorkflowUpdateFailedError as error:
            raise _told(error) from None
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            raise TemporalUnavailableError(
                "no answer in time: is a worker running? It may still be carried out"
            ) from None
        except RPCError as error:
            raise TemporalUnavailableError(
                f"Temporal answers {error.status.name}"
            ) from None
        return status


def _told(error: WorkflowUpdateFailedError) -> LetterboxError:
    """Find the reason: our own words, from a validator or from an activity."""
    cause = error.cause
    if isinstance(cause, ActivityError):
        cause = cause.cause or cause
    if isinstance(cause, ApplicationError):
        if cause.type == NotFoundError.__name__:
            return NotFoundError(cause.message)
        if cause.type == StoreUnavailableError.__name__:
            return StoreUnavailableError(cause.message)
        return RefusedError(cause.message)
    return RefusedError("the application's workflow ended meanwhile: ask again")

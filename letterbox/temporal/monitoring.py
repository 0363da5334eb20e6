"""The state of an installation as Temporal knows it, for the API's gauges."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleDescription,
    WorkflowExecutionStatus,
)

from letterbox.domain.application import Flag, Stage
from letterbox.domain.watching import (
    UNRECORDED_AFTER,
    OpenApplications,
    ScheduleState,
    TemporalState,
)
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.queries import open_applications, quoted, quoted_time
from letterbox.temporal.rpc import none_if_absent, reaching_temporal
from letterbox.temporal.schedules import KINDS, schedule_id

_RPC_TIMEOUT = timedelta(seconds=5)
_MAX_REMEMBERED = 100


class TemporalWatch:
    """
    Reads the state of one task queue's applications and schedules.

    ``margin`` is how long before its window's end an application is archived.
    """

    def __init__(self, client: Client, task_queue: str, margin: timedelta) -> None:
        self._client = client
        self._task_queue = task_queue
        self._margin = margin
        # When the runs of schedules completed, by their ids: it does not change.
        self._ended_at: dict[str, datetime] = {}

    async def read(self, now: datetime | None = None) -> TemporalState:
        """Read counts and schedules (TemporalUnavailableError)."""
        with reaching_temporal():
            applications = await self._applications(now or datetime.now(UTC))
            schedules = [await self._schedule(kind) for kind in KINDS]
        return TemporalState(applications, tuple(filter(None, schedules)))

    async def _applications(self, now: datetime) -> OpenApplications:
        due, recorded_by = attributes.ARCHIVE_BY.name, now - UNRECORDED_AFTER
        return OpenApplications(
            # Half of the margin is left: as the workflow's own alarm has it.
            overdue=await self._count(f"{due} < {quoted_time(now - self._margin / 2)}"),
            unrecorded=await self._count(
                f"{due} IS NULL AND StartTime < {quoted_time(recorded_by)}"
                f" AND {attributes.STAGE.name} = {quoted(Stage.RECEIVED)}"
            ),
            unavailable=await self._count(
                f"{attributes.FLAGS.name} = {quoted(Flag.UNAVAILABLE)}"
            ),
        )

    async def _count(self, condition: str) -> int:
        query = f"{open_applications(self._task_queue)} AND {condition}"
        counted = await self._client.count_workflows(query, rpc_timeout=_RPC_TIMEOUT)
        return counted.count

    async def _schedule(self, kind: str) -> ScheduleState | None:
        handle = self._client.get_schedule_handle(schedule_id(self._task_queue, kind))
        described = await none_if_absent(handle.describe(rpc_timeout=_RPC_TIMEOUT))
        if described is None:
            return None
        recent = described.info.recent_actions
        intervals = described.schedule.spec.intervals
        return ScheduleState(
            name=kind,
            is_paused=described.schedule.state.paused,
            every=intervals[0].every if intervals else None,
            last_run=recent[-1].started_at if recent else None,
            last_success=await self._last_success(_run_ids(described)),
        )

    async def _last_success(self, workflow_ids: Sequence[str]) -> datetime | None:
        """Find when the latest run completed, among those that Temporal remembers."""
        for workflow_id in reversed(workflow_ids):
            if ended_at := await self._success(workflow_id):
                return ended_at
        return None

    async def _success(self, workflow_id: str) -> datetime | None:
        if known := self._ended_at.get(workflow_id):
            return known
        handle = self._client.get_workflow_handle(workflow_id)
        described = await none_if_absent(handle.describe(rpc_timeout=_RPC_TIMEOUT))
        if not described or described.status is not WorkflowExecutionStatus.COMPLETED:
            return None
        ended_at = described.close_time or described.start_time
        self._ended_at[workflow_id] = ended_at
        if len(self._ended_at) > _MAX_REMEMBERED:
            del self._ended_at[next(iter(self._ended_at))]
        return ended_at


def _run_ids(described: ScheduleDescription) -> list[str]:
    actions = (recent.action for recent in described.info.recent_actions)
    return [
        action.workflow_id
        for action in actions
        if isinstance(action, ScheduleActionExecutionStartWorkflow)
    ]

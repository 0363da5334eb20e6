"""Checks the schedules: whether they exist, are not paused, and run."""

from datetime import UTC, datetime, timedelta

from temporalio.client import (
    Client,
    ScheduleActionExecution,
    ScheduleActionExecutionStartWorkflow,
    ScheduleDescription,
    WorkflowExecutionStatus,
)

from letterbox.checks import CheckResult, ok, wrong
from letterbox.domain.durations import format_duration
from letterbox.settings import Settings
from letterbox.temporal import schedules
from letterbox.temporal.rpc import none_if_absent
from letterbox_cli.doctor import clocks
from letterbox_cli.doctor.checking import TIMEOUT, all_of, safely

_RPC_TIMEOUT = timedelta(seconds=TIMEOUT)
_MAX_LATENESS = timedelta(seconds=30)
_GOOD_STATUSES = {
    WorkflowExecutionStatus.RUNNING: "running now",
    WorkflowExecutionStatus.COMPLETED: "last run completed",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "running now",
}


async def look(client: Client, settings: Settings) -> list[CheckResult]:
    """Check each schedule that the settings ask for."""
    names = schedules.required_schedules(settings)
    sweep = schedules.schedule_id(settings.task_queue, schedules.INBOX_SWEEP)
    return await all_of(
        *(
            safely(name, _schedule(client, name, by_clock=name == sweep))
            for name in names
        )
    )


async def _schedule(client: Client, name: str, *, by_clock: bool) -> list[CheckResult]:
    handle = client.get_schedule_handle(name)
    description = await none_if_absent(handle.describe(rpc_timeout=_RPC_TIMEOUT))
    if description is None:
        return [wrong(name, "missing: run `letterbox init`")]
    if description.schedule.state.paused:
        message = (
            "paused: to resume it, `temporal schedule toggle --unpause --schedule-id"
        )
        return [wrong(name, f"{message} {name}`")]
    now = datetime.now(UTC)
    results = [await _last_run(client, name, description, now)]
    if by_clock:
        results.append(_clock(description, now))
    return results


async def _last_run(
    client: Client, name: str, description: ScheduleDescription, now: datetime
) -> CheckResult:
    interval = description.schedule.spec.intervals[0].every
    every = format_duration(interval)
    if not description.info.recent_actions:
        return ok(name, f"every {every}; has not run yet")
    last = description.info.recent_actions[-1]
    late = now - last.started_at - 2 * interval > _MAX_LATENESS
    if late and not description.info.running_actions:
        message = f"every {every}, but has not run since {last.started_at:%F %T} UTC"
        return wrong(name, message)
    status = await _status(client, last.action)
    if status not in _GOOD_STATUSES:
        return wrong(name, f"its last run was {status.name}: see the Temporal UI")
    return ok(name, f"every {every}; {_GOOD_STATUSES[status]}")


async def _status(
    client: Client, action: ScheduleActionExecution
) -> WorkflowExecutionStatus:
    """Return how a run has ended; one that Temporal forgot counts as completed."""
    if not isinstance(action, ScheduleActionExecutionStartWorkflow):
        return WorkflowExecutionStatus.COMPLETED
    run = client.get_workflow_handle(
        action.workflow_id, run_id=action.first_execution_run_id
    )
    described = await none_if_absent(run.describe(rpc_timeout=_RPC_TIMEOUT))
    return (described and described.status) or WorkflowExecutionStatus.COMPLETED


def _clock(description: ScheduleDescription, now: datetime) -> CheckResult:
    """
    Compare our clock with times that are past for Temporal, and with the next run.

    Temporal has no call that returns the time, but plans the next run beyond its own.
    """
    info = description.info
    past = [info.created_at, *(action.started_at for action in info.recent_actions)]
    if info.last_updated_at:
        past.append(info.last_updated_at)
    latest = min(info.next_action_times, default=now)
    return clocks.beside("Temporal", clocks.between(max(past), now, latest))

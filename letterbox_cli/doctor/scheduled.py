"""What Temporal starts by the clock: there, not paused, and done."""

from datetime import UTC, datetime, timedelta

from temporalio.client import (
    Client,
    ScheduleActionExecution,
    ScheduleActionExecutionStartWorkflow,
    ScheduleDescription,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError, RPCStatusCode

from letterbox.checks import Finding, ok, wrong
from letterbox.domain.durations import format_duration
from letterbox.settings import Settings
from letterbox.temporal import schedules
from letterbox_cli.doctor import clocks
from letterbox_cli.doctor.findings import TIMEOUT, all_of, safely

_WITHIN = timedelta(seconds=TIMEOUT)
_LATE = timedelta(seconds=30)
_GOOD = {
    WorkflowExecutionStatus.RUNNING,
    WorkflowExecutionStatus.COMPLETED,
    WorkflowExecutionStatus.CONTINUED_AS_NEW,
}


async def look(client: Client, settings: Settings) -> list[Finding]:
    """Look at each schedule that the settings ask for."""
    wanted = schedules.required_schedules(settings)
    sweep = schedules.schedule_id(settings.task_queue, schedules.INBOX_SWEEP)
    return await all_of(
        *(safely(name, _one(client, name, by_clock=name == sweep)) for name in wanted)
    )


async def _one(client: Client, name: str, *, by_clock: bool) -> list[Finding]:
    try:
        there = await client.get_schedule_handle(name).describe(rpc_timeout=_WITHIN)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return [wrong(name, "missing: `letterbox init`")]
    if there.schedule.state.paused:
        words = "paused: `temporal schedule toggle --unpause --schedule-id` sets it off"
        return [wrong(name, f"{words} {name}")]
    now = datetime.now(UTC)
    found = [await _last_run(client, name, there, now)]
    if by_clock:
        found.append(_clock(there, now))
    return found


async def _last_run(
    client: Client, name: str, there: ScheduleDescription, now: datetime
) -> Finding:
    interval = there.schedule.spec.intervals[0].every
    every = format_duration(interval)
    if not there.info.recent_actions:
        return ok(name, f"every {every}; it has not run yet")
    last = there.info.recent_actions[-1]
    late = now - last.started_at - 2 * interval > _LATE
    if late and not there.info.running_actions:
        words = f"every {every}, and has not run since {last.started_at:%F %T} UTC"
        return wrong(name, words)
    status = await _status(client, last.action)
    if status not in _GOOD:
        return wrong(name, f"its last run is {status.name}: the UI says why")
    return ok(name, f"every {every}; its last run is {status.name.lower()}")


async def _status(
    client: Client, action: ScheduleActionExecution
) -> WorkflowExecutionStatus:
    """Look how a run has ended; one that is forgotten is none to worry about."""
    if not isinstance(action, ScheduleActionExecutionStartWorkflow):
        return WorkflowExecutionStatus.COMPLETED
    run = client.get_workflow_handle(
        action.workflow_id, run_id=action.first_execution_run_id
    )
    try:
        described = await run.describe(rpc_timeout=_WITHIN)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return WorkflowExecutionStatus.COMPLETED
    return described.status or WorkflowExecutionStatus.COMPLETED


def _clock(there: ScheduleDescription, now: datetime) -> Finding:
    """
    Compare with what must be past for Temporal, and with what cannot be yet.

    No call of Temporal's tells the time, but it plans the next run beyond its now.
    """
    info = there.info
    past = [info.created_at, *(one.started_at for one in info.recent_actions)]
    if info.last_updated_at:
        past.append(info.last_updated_at)
    latest = min(info.next_action_times, default=now)
    return clocks.beside("Temporal", clocks.between(max(past), now, latest))

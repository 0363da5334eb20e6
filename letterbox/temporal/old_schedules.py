"""
Schedules of releases before 0.2, whose ids did not begin with the task queue.

All installations of a namespace shared ``letterbox-inbox-sweep`` and its kin: whoever
started last had them. They are moved to the ids of the task queue that they name. Where
that is ``letterbox``, the default, the id is right as it is.
"""

from contextlib import suppress

from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleDescription,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError

from letterbox.temporal.rpc import find_schedule, none_if_absent

_PREFIX = "letterbox"
_SEEK_RECONCILE = "seek-reconcile"
_KINDS = ("inbox-sweep", _SEEK_RECONCILE, "archive-keep", "position-import")


async def take_over(client: Client, task_queue: str) -> None:
    """
    Move the old schedules of a task queue, and those that are in its ids' way.

    The new one is made before the old one goes: what runs twice for a moment does no
    harm. SEEK's cursor goes with it.
    """
    for kind in _KINDS:
        name = f"{_PREFIX}-{kind}"
        existing = await find_schedule(client, name)
        action = existing.schedule.action if existing else None
        if existing is None or not isinstance(action, ScheduleActionStartWorkflow):
            continue
        is_in_our_way = task_queue == _PREFIX
        if action.task_queue == _PREFIX or not (
            is_in_our_way or action.task_queue == task_queue
        ):
            continue
        await _move(client, existing, action, kind)


async def _move(
    client: Client,
    existing: ScheduleDescription,
    action: ScheduleActionStartWorkflow,
    kind: str,
) -> None:
    queue, old = action.task_queue, existing.id
    if kind == _SEEK_RECONCILE and (cursor := await _cursor(client, existing)):
        action.args = await client.data_converter.encode([cursor])
    action.id = f"{queue}-{kind}"
    with suppress(ScheduleAlreadyRunningError):
        await client.create_schedule(action.id, existing.schedule)
    # Another may have moved it meanwhile, and made its own in its place.
    again = await find_schedule(client, old)
    if again and getattr(again.schedule.action, "task_queue", "") == queue:
        with suppress(RPCError):
            await client.get_schedule_handle(old).delete()


async def _cursor(client: Client, existing: ScheduleDescription) -> str:
    """Return the result of the last completed run, as far as Temporal knows it."""
    for recent in reversed(existing.info.recent_actions):
        if not isinstance(recent.action, ScheduleActionExecutionStartWorkflow):
            continue
        # Without the run: it may have been continued as new.
        run = client.get_workflow_handle(recent.action.workflow_id, result_type=str)
        described = await none_if_absent(run.describe())
        if described and described.status is WorkflowExecutionStatus.COMPLETED:
            cursor: str | None = await none_if_absent(run.result())
            if cursor is not None:
                return cursor
    return ""

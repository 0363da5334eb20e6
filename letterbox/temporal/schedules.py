"""
What Temporal starts by the clock.

A schedule's id begins with the task queue, so that several installations can share a
namespace: none of them changes the schedules of another.
"""

import dataclasses
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleDescription,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from letterbox.boards.seek import BOARD as SEEK
from letterbox.domain.messages import Sweep, Watch
from letterbox.domain.retention import overdue_after
from letterbox.settings import Settings
from letterbox.temporal import old_schedules

INBOX_SWEEP = "inbox-sweep"
SEEK_RECONCILE = "seek-reconcile"
ARCHIVE_KEEP = "archive-keep"
POSITION_IMPORT = "position-import"
AUDIT = "audit"
ARCHIVE_WATCH = "archive-watch"
KINDS = (
    INBOX_SWEEP,
    SEEK_RECONCILE,
    ARCHIVE_KEEP,
    POSITION_IMPORT,
    AUDIT,
    ARCHIVE_WATCH,
)
_DAILY = timedelta(days=1)
_WATCH_EVERY = timedelta(minutes=10)
# The settings that say how often; the others run at fixed intervals.
_INTERVALS = {
    INBOX_SWEEP: "sweep_every",
    SEEK_RECONCILE: "seek_reconcile_every",
    POSITION_IMPORT: "position_import_every",
    AUDIT: "audit_every",
}


def schedule_id(task_queue: str, kind: str) -> str:
    """Name the schedule of a kind that an installation has."""
    return f"{task_queue}-{kind}"


async def make_schedules(client: Client, settings: Settings) -> list[str]:
    """
    Make the schedules that are missing; name those that the settings ask for.

    None is removed: whoever starts with fewer settings must not stop what the others
    need. An interval is changed only by settings that name it; a default never is
    what somebody has asked for.
    """
    await old_schedules.take_over(client, settings.task_queue)
    wanted = _wanted(settings)
    for kind, schedule in wanted.items():
        name = schedule_id(settings.task_queue, kind)
        there = await _described(client, name)
        if there is None:
            with suppress(ScheduleAlreadyRunningError):  # Another worker was first.
                await client.create_schedule(
                    name, schedule, trigger_immediately=kind == POSITION_IMPORT
                )
        elif _INTERVALS.get(kind) in settings.model_fields_set:
            await _bring_in_line(client, there, schedule)
    return [schedule_id(settings.task_queue, kind) for kind in wanted]


async def lacks_sweep(client: Client, settings: Settings) -> bool:
    """Tell whether not even the schedule is there that every installation has."""
    name = schedule_id(settings.task_queue, INBOX_SWEEP)
    return await _described(client, name) is None


async def prune_schedules(client: Client, settings: Settings) -> list[str]:
    """
    Remove what the settings do not ask for, and have the rest run as they say.

    Only of this task queue; gives the ids of those that were removed.
    """
    for kind, schedule in _wanted(settings).items():
        name = schedule_id(settings.task_queue, kind)
        if there := await _described(client, name):
            await _bring_in_line(client, there, schedule)
    surplus = await surplus_schedules(client, settings)
    for name in surplus:
        await client.get_schedule_handle(name).delete()
    return surplus


async def surplus_schedules(client: Client, settings: Settings) -> list[str]:
    """Name the schedules of this task queue that the settings do not ask for."""
    wanted = _wanted(settings)
    names = [
        schedule_id(settings.task_queue, one) for one in KINDS if one not in wanted
    ]
    return [
        name
        for name in names
        if (there := await _described(client, name)) and _is_ours(there, settings)
    ]


def wanted_schedules(settings: Settings) -> dict[str, Schedule]:
    """Tell the schedules that the settings ask for, by their ids."""
    queue = settings.task_queue
    return {schedule_id(queue, kind): made for kind, made in _wanted(settings).items()}


def _wanted(settings: Settings) -> dict[str, Schedule]:
    """Tell the schedules that the settings ask for, by their kinds."""
    make = partial(_schedule, settings.task_queue)
    every = settings.sweep_every
    what = "Start what lies in the inbox"
    sweep = Sweep(older_than_seconds=every.total_seconds())
    wanted = {INBOX_SWEEP: make(INBOX_SWEEP, "InboxSweep", every, what, [sweep])}
    wanted[ARCHIVE_WATCH] = _archive_watch(settings)
    if reconcile_every := SEEK.reconcile_every(settings):
        what = "Ask SEEK for what no webhook delivered"
        wanted[SEEK_RECONCILE] = make(
            SEEK_RECONCILE, "SeekReconcile", reconcile_every, what
        )
    # A bucket's lifecycle removes archives too, but knows nothing of markers.
    if settings.archive_keep:
        what = "End the keeping of old archives"
        wanted[ARCHIVE_KEEP] = make(ARCHIVE_KEEP, "ArchiveKeep", _DAILY, what)
    if settings.position_feed:
        every, what = settings.position_import_every, "Import the feed of positions"
        wanted[POSITION_IMPORT] = make(POSITION_IMPORT, "PositionImport", every, what)
    if every := settings.audit_every:
        wanted[AUDIT] = make(AUDIT, "Audit", every, "Prove the state of it all")
    return wanted


def _archive_watch(settings: Settings) -> Schedule:
    after = overdue_after(settings.retention, settings.archive_margin)
    # Windows of seconds, as in a demonstration, are watched as closely.
    every = min(_WATCH_EVERY, max(after, timedelta(seconds=1)))
    return _schedule(
        settings.task_queue,
        ARCHIVE_WATCH,
        "ArchiveWatch",
        every,
        "Find archives that are overdue",
        [Watch(overdue_after=after, every=every)],
    )


def _schedule(  # noqa: PLR0913, PLR0917 what differs between schedules
    task_queue: str,
    kind: str,
    workflow: str,
    every: timedelta,
    summary: str,
    args: list[Any] | None = None,
) -> Schedule:
    action = ScheduleActionStartWorkflow(
        workflow,
        args=args or [],
        id=schedule_id(task_queue, kind),
        task_queue=task_queue,
        static_summary=summary,
    )
    return Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(
            # One at a time; a missed one is made up for by the next.
            overlap=ScheduleOverlapPolicy.SKIP,
            catchup_window=every,
        ),
    )


async def _described(client: Client, name: str) -> ScheduleDescription | None:
    try:
        return await client.get_schedule_handle(name).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None


def _is_ours(there: ScheduleDescription, settings: Settings) -> bool:
    action = there.schedule.action
    return getattr(action, "task_queue", None) == settings.task_queue


async def _bring_in_line(
    client: Client, there: ScheduleDescription, wanted: Schedule
) -> None:
    queues = {getattr(one.action, "task_queue", "") for one in (there.schedule, wanted)}
    if len(queues) == 1 and there.schedule.spec.intervals != wanted.spec.intervals:
        handle = client.get_schedule_handle(there.id)
        await handle.update(partial(_replaced, wanted))


def _replaced(wanted: Schedule, given: ScheduleUpdateInput) -> ScheduleUpdate:
    # Whether somebody paused it is theirs to say.
    state = given.description.schedule.state
    return ScheduleUpdate(schedule=dataclasses.replace(wanted, state=state))

"""
The schedules: what Temporal starts by the clock.

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

from letterbox.boards.seek import BOARD as SEEK
from letterbox.domain.messages import SweepInput, WatchInput
from letterbox.domain.retention import overdue_after
from letterbox.settings import Settings
from letterbox.temporal import old_schedules
from letterbox.temporal.rpc import find_schedule

INBOX_SWEEP = "inbox-sweep"
SEEK_RECONCILE = "seek-reconcile"
ARCHIVE_KEEP = "archive-keep"
POSITION_IMPORT = "position-import"
AUDIT = "audit"
ARCHIVE_WATCH = "archive-watch"
_DAILY = timedelta(days=1)
_WATCH_EVERY = timedelta(minutes=10)
# The settings that say how often; the others run at fixed intervals.
_INTERVALS = {
    INBOX_SWEEP: "sweep_every",
    SEEK_RECONCILE: "seek_reconcile_every",
    ARCHIVE_KEEP: None,
    POSITION_IMPORT: "position_import_every",
    AUDIT: "audit_every",
    ARCHIVE_WATCH: None,
}
KINDS = tuple(_INTERVALS)


def schedule_id(task_queue: str, kind: str) -> str:
    """Return the id of an installation's schedule of a kind."""
    return f"{task_queue}-{kind}"


async def make_schedules(client: Client, settings: Settings) -> list[str]:
    """
    Make the schedules that are missing; return the ids that the settings ask for.

    None is removed: whoever starts with fewer settings must not stop what the others
    need. An interval is changed only by settings that name it; a default never is
    what somebody has asked for.
    """
    await old_schedules.take_over(client, settings.task_queue)
    required = _required(settings)
    for kind, schedule in required.items():
        name = schedule_id(settings.task_queue, kind)
        existing = await find_schedule(client, name)
        if existing is None:
            with suppress(ScheduleAlreadyRunningError):  # Another worker was first.
                await client.create_schedule(
                    name, schedule, trigger_immediately=kind == POSITION_IMPORT
                )
        elif _INTERVALS.get(kind) in settings.model_fields_set:
            await _update_interval(client, existing, schedule)
    return [schedule_id(settings.task_queue, kind) for kind in required]


async def lacks_sweep(client: Client, settings: Settings) -> bool:
    """Return whether not even the schedule is there that every installation has."""
    name = schedule_id(settings.task_queue, INBOX_SWEEP)
    return await find_schedule(client, name) is None


async def prune_schedules(client: Client, settings: Settings) -> list[str]:
    """
    Remove schedules that the settings do not ask for, and set the others' intervals.

    Only those of this task queue; returns the ids of those that were removed.
    """
    for kind, schedule in _required(settings).items():
        name = schedule_id(settings.task_queue, kind)
        if existing := await find_schedule(client, name):
            await _update_interval(client, existing, schedule)
    surplus = await surplus_schedules(client, settings)
    for name in surplus:
        await client.get_schedule_handle(name).delete()
    return surplus


async def surplus_schedules(client: Client, settings: Settings) -> list[str]:
    """Return the ids of our schedules that the settings do not ask for."""
    queue, required = settings.task_queue, _required(settings)
    names = [schedule_id(queue, kind) for kind in KINDS if kind not in required]
    existing = [await find_schedule(client, name) for name in names]
    return [old.id for old in existing if old and _task_queue_of(old.schedule) == queue]


def required_schedules(settings: Settings) -> dict[str, Schedule]:
    """Return the schedules that the settings ask for, by their ids."""
    queue = settings.task_queue
    return {
        schedule_id(queue, kind): schedule
        for kind, schedule in _required(settings).items()
    }


def _required(settings: Settings) -> dict[str, Schedule]:
    """Return the schedules that the settings ask for, by their kinds."""
    make = partial(_schedule, settings.task_queue)
    every = settings.sweep_every
    what = "Start the applications still in the inbox"
    sweep = SweepInput(older_than_seconds=every.total_seconds())
    required = {INBOX_SWEEP: make(INBOX_SWEEP, "InboxSweep", every, what, [sweep])}
    required[ARCHIVE_WATCH] = _archive_watch(settings)
    if reconcile_every := SEEK.reconcile_every(settings):
        what = "Ask SEEK for events that no webhook delivered"
        required[SEEK_RECONCILE] = make(
            SEEK_RECONCILE, "SeekReconcile", reconcile_every, what
        )
    # A bucket's lifecycle removes archives too, but knows nothing of markers.
    if settings.archive_keep:
        what = "Remove archives that were kept long enough"
        required[ARCHIVE_KEEP] = make(ARCHIVE_KEEP, "ArchiveKeep", _DAILY, what)
    if settings.position_feed:
        every, what = settings.position_import_every, "Import the feed of positions"
        required[POSITION_IMPORT] = make(POSITION_IMPORT, "PositionImport", every, what)
    if every := settings.audit_every:
        required[AUDIT] = make(AUDIT, "Audit", every, "Audit the store and Temporal")
    return required


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
        [WatchInput(overdue_after=after, every=every)],
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


def _task_queue_of(schedule: Schedule) -> str | None:
    return getattr(schedule.action, "task_queue", None)


async def _update_interval(
    client: Client, existing: ScheduleDescription, required: Schedule
) -> None:
    is_ours = _task_queue_of(existing.schedule) == _task_queue_of(required)
    if is_ours and existing.schedule.spec.intervals != required.spec.intervals:
        handle = client.get_schedule_handle(existing.id)
        await handle.update(partial(_updated, required))


def _updated(required: Schedule, current: ScheduleUpdateInput) -> ScheduleUpdate:
    # Whether it is paused is left as somebody has set it.
    state = current.description.schedule.state
    return ScheduleUpdate(schedule=dataclasses.replace(required, state=state))

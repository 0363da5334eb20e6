"""What Temporal starts by the clock."""

import dataclasses
from contextlib import suppress
from datetime import timedelta
from functools import partial

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.schedule_values import Sweep, Watch
from domain.retention import overdue_after
from settings import Settings

INBOX_SWEEP = "letterbox-inbox-sweep"
SEEK_RECONCILE = "letterbox-seek-reconcile"
ARCHIVE_KEEP = "letterbox-archive-keep"
POSITION_IMPORT = "letterbox-position-import"
ARCHIVE_WATCH = "letterbox-archive-watch"
_DAILY = timedelta(days=1)
_WATCH_EVERY = timedelta(minutes=10)


_ALL = (INBOX_SWEEP, SEEK_RECONCILE, ARCHIVE_KEEP, POSITION_IMPORT, ARCHIVE_WATCH)


async def make_schedules(client: Client, settings: Settings) -> list[str]:
    """Bring the schedules in line with the settings; name those there are now."""
    schedules = wanted_schedules(settings)
    for name in _ALL:
        handle = client.get_schedule_handle(name)
        try:
            there = (await handle.describe()).schedule
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            there = None
        wanted = schedules.get(name)
        if wanted and there is None:
            with suppress(ScheduleAlreadyRunningError):  # Another worker was first.
                await client.create_schedule(
                    name, wanted, trigger_immediately=name == POSITION_IMPORT
                )
        elif wanted and there and _differs(wanted, there):
            await handle.update(partial(_replaced, wanted))
        elif there and not wanted:
            await handle.delete()
    return list(schedules)


def _differs(wanted: Schedule, there: Schedule) -> bool:
    queues = {getattr(one.action, "task_queue", None) for one in (wanted, there)}
    return len(queues) > 1 or there.spec.intervals != wanted.spec.intervals


def _replaced(wanted: Schedule, given: ScheduleUpdateInput) -> ScheduleUpdate:
    # Whether somebody paused it is theirs to say.
    state = given.description.schedule.state
    return ScheduleUpdate(schedule=dataclasses.replace(wanted, state=state))


def wanted_schedules(settings: Settings) -> dict[str, Schedule]:
    """Tell the schedules that the settings ask for, by their ids."""
    sweep = ScheduleActionStartWorkflow(
        "InboxSweep",
        Sweep(older_than_seconds=settings.sweep_every.total_seconds()),
        id=INBOX_SWEEP,
        task_queue=settings.task_queue,
        static_summary="Start what lies in the inbox",
    )
    schedules = {
        INBOX_SWEEP: _schedule(sweep, settings.sweep_every),
        ARCHIVE_WATCH: _archive_watch(settings),
    }
    if settings.seek_client_id and settings.seek_reconcile_every:
        reconcile = ScheduleActionStartWorkflow(
            "SeekReconcile",
            id=SEEK_RECONCILE,
            task_queue=settings.task_queue,
            static_summary="Ask SEEK for what no webhook delivered",
        )
        every = settings.seek_reconcile_every
        schedules[SEEK_RECONCILE] = _schedule(reconcile, every)
    # A bucket's lifecycle removes archives too, but knows nothing of markers.
    if settings.archive_keep:
        keep = ScheduleActionStartWorkflow(
            "ArchiveKeep",
            id=ARCHIVE_KEEP,
            task_queue=settings.task_queue,
            static_summary="End the keeping of old archives",
        )
        schedules[ARCHIVE_KEEP] = _schedule(keep, _DAILY)
    if settings.position_feed:
        imports = ScheduleActionStartWorkflow(
            "PositionImport",
            id=POSITION_IMPORT,
            task_queue=settings.task_queue,
            static_summary="Import the feed of positions",
        )
        every = settings.position_import_every
        schedules[POSITION_IMPORT] = _schedule(imports, every)
    return schedules


def _archive_watch(settings: Settings) -> Schedule:
    after = overdue_after(settings.retention, settings.archive_margin)
    # Windows of seconds, as in a demonstration, are watched as closely.
    every = min(_WATCH_EVERY, max(after, timedelta(seconds=1)))
    watch = ScheduleActionStartWorkflow(
        "ArchiveWatch",
        Watch(overdue_after=after, every=every),
        id=ARCHIVE_WATCH,
        task_queue=settings.task_queue,
        static_summary="Find archives that are overdue",
    )
    return _schedule(watch, every)


def _schedule(action: ScheduleActionStartWorkflow, every: timedelta) -> Schedule:
    return Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(
            # One at a time; a missed one is made up for by the next.
            overlap=ScheduleOverlapPolicy.SKIP,
            catchup_window=every,
        ),
    )

"""Schedules: each installation's own, made where missing, removed only when asked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from temporalio import activity
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionExecutionStartWorkflow,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    WorkflowExecutionStatus,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from letterbox.domain.board_news import PollInput, PollResult
from letterbox.settings import Settings
from letterbox.temporal import schedules
from letterbox.temporal.preparation import stay_prepared
from tests.support import eventually
from workflows.scheduled import SeekReconcile

FEED = {"position_feed": "positions.json"}
SEEK = {"seek_client_id": "partner"}
KEEP = {"archive_keep": timedelta(days=30)}


@pytest_asyncio.fixture(name="client")
async def _client(temporal_address: str) -> AsyncIterator[Client]:
    """Connect to a namespace of the test's own: old ids name no task queue."""
    name = f"schedules-{uuid4()}"
    first = await Client.connect(temporal_address)
    await first.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=name, workflow_execution_retention_period=Duration(seconds=86400)
        )
    )
    client = await Client.connect(
        temporal_address, namespace=name, data_converter=pydantic_data_converter
    )

    async def is_there() -> bool:
        try:
            [_ async for _ in await client.list_schedules()]
        except RPCError:
            return False
        return True

    await eventually(is_there)
    yield client


def on(task_queue: str, **others: object) -> Settings:
    """Return the settings of an installation."""
    return Settings(task_queue=task_queue).model_copy(update=others)


async def queue_of(client: Client, name: str) -> str | None:
    """Return the task queue of a schedule; None where there is none."""
    try:
        there = await client.get_schedule_handle(name).describe()
    except RPCError:
        return None
    action = there.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    return action.task_queue


async def every(client: Client, name: str) -> timedelta:
    """Return how often a schedule runs."""
    there = await client.get_schedule_handle(name).describe()
    return there.schedule.spec.intervals[0].every


async def test_a_worker_with_fewer_settings_removes_no_schedule(
    client: Client,
) -> None:
    """It may be a canary, one started by hand, or `letterbox init` from a laptop."""
    made = await schedules.make_schedules(client, on("q", **SEEK, **KEEP, **FEED))

    fewer = on("q", audit_every=timedelta(0))
    again = await schedules.make_schedules(client, fewer)

    assert sorted(made) == sorted(f"q-{kind}" for kind in schedules.KINDS)
    assert again == ["q-inbox-sweep", "q-archive-watch"]
    assert [await queue_of(client, name) for name in made] == ["q"] * len(made)
    surplus = await schedules.surplus_schedules(client, fewer)
    assert set(surplus) == set(made) - set(again)


async def test_pruning_removes_surplus_schedules_of_its_own_queue_only(
    client: Client,
) -> None:
    """It sets the intervals of the others as the settings say, defaults too."""
    await schedules.make_schedules(client, on("other", **SEEK))
    quick = on("q", **SEEK, sweep_every=timedelta(seconds=10))
    await schedules.make_schedules(client, quick)

    removed = await schedules.prune_schedules(client, on("q"))

    assert removed == ["q-seek-reconcile"]
    assert await queue_of(client, "q-seek-reconcile") is None
    assert await queue_of(client, "other-seek-reconcile") == "other"
    assert await every(client, "q-inbox-sweep") == timedelta(seconds=60)


async def test_two_installations_in_a_namespace_each_have_their_schedules(
    client: Client,
) -> None:
    """The last to start does not take the other's sweep."""
    for queue in ("one", "letterbox", "one", "two"):
        await schedules.make_schedules(client, on(queue))

    for queue in ("one", "letterbox", "two"):
        assert await queue_of(client, f"{queue}-inbox-sweep") == queue
        assert await queue_of(client, f"{queue}-audit") == queue


async def test_an_interval_changes_only_by_settings_that_name_it(
    client: Client,
) -> None:
    """A default is nobody's wish; whether a schedule is paused is left alone."""
    await schedules.make_schedules(client, on("q", sweep_every=timedelta(seconds=20)))
    await client.get_schedule_handle("q-inbox-sweep").pause()

    await schedules.make_schedules(client, on("q"))
    left_alone = await every(client, "q-inbox-sweep")
    await schedules.make_schedules(client, on("q", sweep_every=timedelta(seconds=30)))

    assert left_alone == timedelta(seconds=20)
    assert await every(client, "q-inbox-sweep") == timedelta(seconds=30)
    there = await client.get_schedule_handle("q-inbox-sweep").describe()
    assert there.schedule.state.paused
    action = there.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert b"30" in action.args[0].data


@activity.defn(name="poll_events")
async def _poll(given: PollInput) -> PollResult:
    """Stand in for SEEK: one page, and a cursor that tells of it."""
    return PollResult(cursor=f"{given.cursor}+")


async def old(client: Client, kind: str, type_: str, queue: str, *args: str) -> None:
    """Create a schedule as earlier releases did, whatever the task queue."""
    name = f"letterbox-{kind}"
    action = ScheduleActionStartWorkflow(
        type_, args=args, id=name, task_queue=queue, static_summary="as before"
    )
    spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=9))])
    await client.create_schedule(name, Schedule(action=action, spec=spec))


async def completed(client: Client, name: str, runs: int) -> list[str]:
    """Wait until so many runs of a schedule have ended; return their results."""
    found: list[str] = []

    async def have_ended() -> bool:
        info = (await client.get_schedule_handle(name).describe()).info
        found.clear()
        for one in info.recent_actions:
            assert isinstance(one.action, ScheduleActionExecutionStartWorkflow)
            run = client.get_workflow_handle(
                one.action.workflow_id,
                run_id=one.action.first_execution_run_id,
                result_type=str,
            )
            if (await run.describe()).status is WorkflowExecutionStatus.COMPLETED:
                found.append(await run.result())
        return len(found) >= runs and not info.running_actions

    await eventually(have_ended)
    return found


async def test_seek_s_cursor_goes_with_a_schedule_that_is_moved(
    client: Client,
) -> None:
    """Without it, the schedule under the new id would walk 90 days anew."""
    await old(client, "seek-reconcile", "SeekReconcile", "eu", "page 7")
    async with Worker(
        client,
        task_queue="eu",
        workflows=[SeekReconcile],
        activities=[_poll],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        await client.get_schedule_handle("letterbox-seek-reconcile").trigger()
        await completed(client, "letterbox-seek-reconcile", 1)

        await asyncio.gather(
            *(schedules.make_schedules(client, on("eu", **SEEK)) for _ in range(3))
        )
        handle = client.get_schedule_handle("eu-seek-reconcile")
        await handle.trigger()
        first = await completed(client, "eu-seek-reconcile", 1)
        await handle.trigger()
        both = await completed(client, "eu-seek-reconcile", 2)

    assert first == ["page 7++"]
    assert both == ["page 7++", "page 7+++"]
    assert await queue_of(client, "letterbox-seek-reconcile") is None
    assert await every(client, "eu-seek-reconcile") == timedelta(hours=9)


async def test_the_default_installation_gets_its_ids_back_from_another(
    client: Client,
) -> None:
    """The other's schedule is moved to a name of its own, not taken over."""
    await old(client, "inbox-sweep", "InboxSweep", "eu")
    await schedules.make_schedules(client, on("us"))
    untouched = await queue_of(client, "letterbox-inbox-sweep")

    await schedules.make_schedules(client, on("letterbox"))

    assert untouched == "eu"
    assert await queue_of(client, "letterbox-inbox-sweep") == "letterbox"
    assert await queue_of(client, "eu-inbox-sweep") == "eu"


async def test_a_temporal_that_has_lost_all_is_prepared_by_a_worker_that_goes_on(
    client: Client,
) -> None:
    """It came back empty under it: nobody has to start the worker anew."""
    settings = on("prepared", **SEEK)
    made = await schedules.make_schedules(client, settings)
    for name in made:
        await client.get_schedule_handle(name).delete()
    stop = asyncio.Event()
    looking = asyncio.create_task(
        stay_prepared(client, settings, stop, timedelta(milliseconds=50))
    )

    async def are_there() -> bool:
        return all([await is_there(client, name) for name in made])

    try:
        await eventually(are_there)
    finally:
        stop.set()
        await looking


async def test_a_worker_that_goes_on_leaves_what_somebody_has_removed(
    client: Client,
) -> None:
    """Only where not even the sweep is left, Temporal has lost them all."""
    settings = on("prepared", **SEEK)
    [sweep, *others] = await schedules.make_schedules(client, settings)
    for name in others:
        await client.get_schedule_handle(name).delete()

    assert not await schedules.lacks_sweep(client, settings)
    await client.get_schedule_handle(sweep).delete()
    assert await schedules.lacks_sweep(client, settings)


async def is_there(client: Client, name: str) -> bool:
    """Tell whether there is such a schedule."""
    try:
        await client.get_schedule_handle(name).describe()
    except RPCError:
        return False
    return True

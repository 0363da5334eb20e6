"""Applications that a release with more steps began, worked on by this one."""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client

from letterbox.domain.application import Flag, Stage
from letterbox.domain.status import Status
from letterbox.temporal.client import start_application
from seek_sandbox.faults import ServerError
from tests.end_to_end.seek.histories import AnyHandle, events
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import of
from tests.end_to_end.seek.test_board_away import until_fetching
from tests.factories import careerjet
from tests.support import eventually
from tests.workflows.older_release import as_older
from tests.workflows.running_worker import wait_until_idle
from workflows.application import ApplicationWorkflow

OLDER = ["collect", "store_documents", "match_position", "record"]
OLDER_OF_SEEK = [
    "collect",
    "fetch_application",
    "fetch_documents",
    "match_position",
    "record",
]


async def steps(handle: AnyHandle) -> Sequence[str]:
    """Name the steps of a run, local or not, in their order."""
    names = []
    for event in await events(handle):
        if event.HasField("activity_task_scheduled_event_attributes"):
            scheduled = event.activity_task_scheduled_event_attributes
            names.append(scheduled.activity_type.name)
        marker = event.marker_recorded_event_attributes
        if marker.marker_name == "core_local_activity":
            [data] = marker.details["data"].payloads
            names.append(json.loads(data.data)["activity_type"])
    return names


async def test_an_application_that_waits_is_looked_after_in_its_older_steps(
    tmp_path: Path, temporal_client: Client
) -> None:
    """Another delivery wakes it: its run goes on as it began."""
    first, contents = careerjet(uuid := str(uuid4()))
    one = first.application_id
    async with open_desk(tmp_path, temporal_client) as desk:
        handle: AnyHandle = desk.client.get_workflow_handle(one, result_type=Status)
        async with replace(desk, client=as_older(temporal_client)).working():
            desk.applications.accept(first, contents)
            await start_application(desk.client, desk.settings.task_queue, one)
            await wait_until_idle(handle)
        began = await steps(handle)
        second, contents = careerjet(uuid, lastname="Other")
        desk.applications.accept(second, contents)
        async with desk.working():
            await start_application(desk.client, desk.settings.task_queue, one)

            async def is_flagged() -> bool:
                return (
                    Flag.CONFLICT
                    in (await handle.query(ApplicationWorkflow.status)).flags
                )

            await eventually(is_flagged)
        record = desk.applications.find(one)

    assert began == OLDER
    # The position of what came second is nobody's business.
    without = [name for name in OLDER if name != "match_position"]
    assert await steps(handle) == [*OLDER, *without]
    assert record
    assert (record.stage, len(record.views)) == (Stage.MATCHED, 2)
    assert list(desk.applications.submissions(one)) == []


async def test_an_application_whose_board_is_being_asked_is_taken_in(
    tmp_path: Path, temporal_client: Client
) -> None:
    """The pending step was asked for by the older release, and so is what follows."""
    async with open_desk(tmp_path, temporal_client) as desk, AsyncExitStack() as older:
        await older.enter_async_context(
            replace(desk, client=as_older(temporal_client)).working()
        )
        await desk.control.fault(ServerError(times=1000))
        emitted = await desk.apply()
        await until_fetching(desk, of(emitted))
        await older.aclose()
        await desk.control.lift()
        async with desk.working():
            record = await desk.recorded(emitted)

        assert await steps(desk.handle(emitted)) == OLDER_OF_SEEK
        assert (record.stage, record.flags) == (Stage.MATCHED, ())
        assert [one.problem for one in record.attachments] == [None, None]


async def test_an_application_of_this_release_takes_three_steps(
    tmp_path: Path, temporal_client: Client
) -> None:
    """One step talks to the board, two are on our own store."""
    async with open_desk(tmp_path, temporal_client) as desk, desk.working():
        emitted = await desk.apply()
        await desk.recorded(emitted)
        await wait_until_idle(desk.handle(emitted))

        assert await steps(desk.handle(emitted)) == [
            "store_documents",
            "fetch_application",
            "match_position",
        ]

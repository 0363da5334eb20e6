"""The lives of applications whose histories are worth keeping."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from letterbox.domain.commands import Assignment, EraseRequest, HoldRequest
from letterbox.domain.messages import SweepInput
from letterbox.domain.status import Status
from letterbox.temporal.client import start_application
from tests.end_to_end.seek.seek_stack import Desk
from tests.factories import careerjet
from tests.letterbox.scripted_clamd import answering, listening
from tests.receiver import SECRET, Receiver
from tests.workflows.running_worker import AnyHandle, wait_until_idle
from workflows.application import ApplicationWorkflow
from workflows.scheduled import ArchiveKeep, InboxSweep, PositionImport

Life = Callable[[Desk], Awaitable[AnyHandle]]


async def waiting(desk: Desk) -> AnyHandle:
    """Come from Careerjet, and wait for the archive date."""
    return await _arrive(desk)


async def fetched(desk: Desk) -> AnyHandle:
    """Be found by asking SEEK, be fetched, and wait."""
    emitted = await desk.apply(deliver=False)
    await desk.reconcile()
    handle = desk.handle(emitted)
    await wait_until_idle(handle)
    return handle


async def redelivered(desk: Desk) -> AnyHandle:
    """Come again with other content."""
    uuid = str(uuid4())
    await _arrive(desk, uuid)
    return await _arrive(desk, uuid, lastname="Other")


async def handled(desk: Desk) -> AnyHandle:
    """Wait in triage; be assigned and held; hear that the ad was closed."""
    handle = await _arrive(desk, job_id="nobody-knows-it")
    choice = Assignment(reference="20240107-123456-7890", reason="case 4711")
    await handle.execute_update("assign_position", choice)
    await handle.execute_update("hold", HoldRequest(reason="case 4711"))
    await handle.signal(ApplicationWorkflow.position_closed, datetime.now(UTC))
    await wait_until_idle(handle)
    return handle


async def archived(desk: Desk) -> AnyHandle:
    """Come out of a backlog, past the archive date."""
    handle = await _arrive(desk, received_at=datetime(2020, 1, 1, tzinfo=UTC))
    await handle.result()
    return handle


async def erased(desk: Desk) -> AnyHandle:
    """Be erased while waiting."""
    handle = await _arrive(desk)
    await handle.execute_update("erase", EraseRequest(reason="request 17"))
    await handle.result()
    return handle


async def delivered(desk: Desk) -> AnyHandle:
    """Be told to an ATS, and wait."""
    with Receiver() as ats:
        secret = (SecretStr(SECRET),)
        async with _beside(
            desk, delivery_url=ats.url, delivery_secret=secret
        ) as beside:
            return await _arrive(beside)


async def scanned(desk: Desk) -> AnyHandle:
    """Have the documents scanned, and wait."""
    async with (
        listening(answering(b"stream: OK\0")) as clamd,
        _beside(desk, clamd=clamd) as beside,
    ):
        return await _arrive(beside)


async def sweep(desk: Desk) -> AnyHandle:
    """Look for what lies in the inbox."""
    return await _completed(desk, InboxSweep.run, SweepInput(older_than_seconds=60))


async def reconcile(desk: Desk) -> AnyHandle:
    """Ask SEEK for its events."""
    return await desk.reconcile()


async def keep(desk: Desk) -> AnyHandle:
    """End the keeping of archives."""
    async with _beside(desk, archive_keep=timedelta(days=3650)) as beside:
        return await _completed(beside, ArchiveKeep.run)


async def imports(desk: Desk) -> AnyHandle:
    """Import a feed of positions."""
    feed = desk.folder.with_name("positions.json")
    await asyncio.to_thread(feed.write_text, '[{"reference": "DEV-17"}]')
    named = {"position_feed": str(feed), "position_hirer": "acme"}
    async with _beside(desk, **named) as beside:
        return await _completed(beside, PositionImport.run)


LIVES: Mapping[str, Life] = {
    "application-waiting": waiting,
    "application-fetched-waiting": fetched,
    "application-redelivered-waiting": redelivered,
    "application-handled-waiting": handled,
    "application-delivered-waiting": delivered,
    "application-scanned-waiting": scanned,
    "application-archived": archived,
    "application-erased": erased,
    "inbox-sweep-completed": sweep,
    "seek-reconcile-completed": reconcile,
    "archive-keep-completed": keep,
    "position-import-completed": imports,
}


async def _arrive(desk: Desk, uuid: str = "", **said: Any) -> AnyHandle:
    """Accept an application and start it, as the API does; wait until it rests."""
    delivery, contents = careerjet(uuid or str(uuid4()), **said)
    desk.applications.accept(delivery, contents)
    one, queue = delivery.application_id, desk.settings.task_queue
    await start_application(desk.client, queue, one)
    handle: AnyHandle = desk.client.get_workflow_handle(one, result_type=Status)
    await wait_until_idle(handle)
    return handle


@asynccontextmanager
async def _beside(desk: Desk, **changes: Any) -> AsyncIterator[Desk]:
    """Work with other settings, over the same store."""
    changes = {"task_queue": str(uuid4()), **changes}
    beside = replace(desk, settings=desk.settings.model_copy(update=changes))
    async with beside.working():
        yield beside


async def _completed(desk: Desk, run: Any, *given: Any) -> AnyHandle:
    handle: AnyHandle = await desk.client.start_workflow(
        run, args=given, id=str(uuid4()), task_queue=desk.settings.task_queue
    )
    await handle.result()
    return handle

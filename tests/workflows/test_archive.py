"""The end of the long wait, on a server where months pass in seconds."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from letterbox.domain.submission import MAX_DELIVERIES
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from tests.support import eventually
from tests.workflows.time_skipping import arrive, waiting
from workflows.application import ApplicationWorkflow


async def test_the_archive_takes_the_place_of_the_hot_copy(
    working: WorkflowEnvironment,
    settings: Settings,
    applications: StoredApplications,
    tmp_path: Path,
) -> None:
    """Record, source and documents are in the bag, and nowhere else."""
    handle = await arrive(working, settings, applications, str(uuid4()))
    await waiting(handle)
    before = applications.find(handle.id)

    await working.sleep(timedelta(days=167))
    status = await handle.result()

    store = open_store(settings)
    archives = open_records(settings, store).archives
    assert before
    assert status.stage is Stage.ARCHIVED
    assert archives.record(handle.id) == before.model_copy(
        update={"stage": Stage.ARCHIVED}
    )
    assert archives.unpack(handle.id, tmp_path / "bag").files == 4
    assert not list(store.list(keys.application(handle.id)))
    assert applications.ended(handle.id) is Stage.ARCHIVED


async def test_news_of_a_close_moves_the_archive_later(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """The board keeps it for 180 days after the later of two moments."""
    handle = await arrive(working, settings, applications, str(uuid4()))
    before = await waiting(handle)
    await working.sleep(timedelta(days=30))
    closed_at = await working.get_current_time()

    await handle.signal(ApplicationWorkflow.position_closed, closed_at)
    await working.sleep(timedelta(days=137))
    is_open = (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await working.sleep(timedelta(days=30))

    assert before.archive_by
    assert is_open
    status = await handle.result()
    assert status.archive_by == closed_at + timedelta(days=166)


async def test_hundreds_of_signals_at_the_archive_date_lose_nothing(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """What arrives while the archive is being written is in it."""
    uuid = str(uuid4())
    handle = await arrive(working, settings, applications, uuid)
    await waiting(handle)
    await working.sleep(timedelta(days=165, hours=23, minutes=59))

    for number in range(MAX_DELIVERIES - 1):
        await arrive(working, settings, applications, uuid, lastname=f"Other{number}")
    now = await working.get_current_time()
    for _ in range(200):
        await handle.signal(ApplicationWorkflow.redelivered)
        await handle.signal(
            ApplicationWorkflow.position_closed, now - timedelta(days=170)
        )
    await working.sleep(timedelta(days=2))
    await handle.result()

    record = open_records(settings, open_store(settings)).archives.record(handle.id)
    assert len(record.views) == MAX_DELIVERIES
    assert Flag.CONFLICT in record.flags
    assert not list(applications.submissions(handle.id))


async def test_a_document_that_was_lost_does_not_keep_the_rest_from_the_archive(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """It is said to be missing, in the archive too."""
    handle = await arrive(working, settings, applications, str(uuid4()))
    await waiting(handle)
    store = open_store(settings)
    record = applications.find(handle.id)
    assert record
    lost = next(one.name for one in record.attachments if one.role == "RESUME")
    store.delete(keys.document(handle.id, str(lost)))

    await working.sleep(timedelta(days=167))
    await handle.result()

    archived = open_records(settings, store).archives.record(handle.id)
    problems = {one.name: one.problem for one in archived.attachments}
    assert problems[lost] == "missing"
    assert Flag.INCOMPLETE in archived.flags


async def test_an_archive_that_cannot_be_written_is_overdue_and_tried_until_it_is(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """Half the margin before the board forgets it, people are told."""
    handle = await arrive(working, settings, applications, str(uuid4()))
    await waiting(handle)
    store = open_store(settings)
    # A folder where the archive is to be: no put can replace it.
    blocking = f"{keys.archive(handle.id)}/in-the-way"
    store.put(blocking, b"")

    await working.sleep(timedelta(days=174))
    # As the watch does; this server has no lists for it to look into.
    await handle.signal(ApplicationWorkflow.overdue)

    async def overdue() -> bool:
        record = await asyncio.to_thread(applications.find, handle.id)
        return record is not None and Flag.OVERDUE in record.flags

    await eventually(overdue)
    assert Flag.OVERDUE in (await handle.query(ApplicationWorkflow.status)).flags
    store.delete(blocking)
    await working.sleep(timedelta(days=1))
    assert (await handle.result()).stage is Stage.ARCHIVED

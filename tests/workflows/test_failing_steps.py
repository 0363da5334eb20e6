"""A step that fails for a month: no longer history, no deaf workflow, one alarm."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import BaseModel
from temporalio.testing import WorkflowEnvironment

from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from letterbox.domain.commands import EraseRequest, HoldRequest
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.factories import careerjet
from tests.support import THOROUGH, eventually
from tests.workflows.running_worker import running_worker
from tests.workflows.time_skipping import Handle, arrive, days_pass, waiting
from tests.workflows.trouble import Trouble
from workflows.application import ApplicationWorkflow

DAYS = 30 if THOROUGH else 2
# So many attempts are five minutes apart, most of them; then six hours.
OWN_PACE = 10_000 if THOROUGH else 80
MAX_EVENTS = 2_000
# Attempts are five minutes apart by then: none of them may leave an event.
MAX_EVENTS_A_DAY = 12

Spoil = Callable[[ObjectStore, str], None]


@pytest_asyncio.fixture(name="working")
async def _working(
    skipping: WorkflowEnvironment, settings: Settings
) -> AsyncIterator[WorkflowEnvironment]:
    """Run the worker, whose steps fail by themselves, ever more rarely."""
    async with running_worker(Trouble(OWN_PACE).upon(skipping.client), settings):
        yield skipping


def damage(store: ObjectStore, one: str) -> None:
    """Have a record that nobody can read."""
    store.put(keys.record(one), b"{]")


def lose(store: ObjectStore, one: str) -> None:
    """Have no record any more."""
    store.delete(keys.record(one))


def block_the_archive(store: ObjectStore, one: str) -> None:
    """Put a folder where the archive is to be: no put can replace it."""
    store.put(f"{keys.archive(one)}/in-the-way", b"")


async def redelivered(handle: Handle) -> None:
    """Have it look into its inbox."""
    await handle.signal(ApplicationWorkflow.redelivered)


async def closed(handle: Handle) -> None:
    """Have it move its date."""
    now = (await handle.describe()).start_time
    await handle.signal(ApplicationWorkflow.position_closed, now)


async def overdue(handle: Handle) -> None:
    """Have it say that it is late, twice."""
    await handle.signal(ApplicationWorkflow.overdue)
    await handle.signal(ApplicationWorkflow.overdue)


async def nothing(handle: Handle) -> None:
    """Leave it to the clock."""


async def execute_update(handle: Handle, name: str, given: BaseModel) -> Status:
    """Ask as people do."""
    status: Status = await handle.execute_update(name, given, result_type=Status)
    return status


async def pending(handle: Handle) -> set[str]:
    """Tell which steps Temporal's UI shows as under way."""
    described = (await handle.describe()).raw_description
    return {one.activity_type.name for one in described.pending_activities}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("spoil", "tell", "wait", "step"),
    [
        (damage, redelivered, 0, "store_documents"),
        (lose, redelivered, 0, "store_documents"),
        (damage, closed, 0, "note_closing"),
        (damage, overdue, 0, "note_flag"),
        (damage, nothing, 167, "store_documents"),
        (block_the_archive, nothing, 167, "pack"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_a_step_that_goes_on_failing_leaves_its_workflow_well(  # noqa: PLR0913, PLR0917
    working: WorkflowEnvironment,
    settings: Settings,
    applications: StoredApplications,
    spoil: Spoil,
    tell: Callable[[Handle], object],
    wait: int,
    step: str,
) -> None:
    """It is seen to be pending; its history does not grow; people are answered."""
    handle = await arrive(working, settings, applications, str(uuid4()))
    await waiting(handle)
    store = open_store(settings)
    spoil(store, handle.id)
    await tell(handle)  # type: ignore[misc]
    await working.sleep(timedelta(days=wait))

    async def is_pending() -> bool:
        return step in await pending(handle)

    await eventually(is_pending)
    await working.sleep(timedelta(hours=2))
    before = (await handle.describe()).history_length
    for _ in range(20):
        # As the sweep does each minute: it would look into its inbox in vain.
        await start_application(working.client, settings.task_queue, handle.id)
    await days_pass(working, DAYS)
    after = (await handle.describe()).history_length

    held = await execute_update(handle, "hold", HoldRequest(reason="case 4711"))
    status = await handle.query(ApplicationWorkflow.status)
    await execute_update(handle, "hold", HoldRequest(release=True))
    erased = await execute_update(handle, "erase", EraseRequest(reason="17"))

    assert after < MAX_EVENTS
    assert after - before <= MAX_EVENTS_A_DAY * DAYS
    assert Flag.HELD in held.flags
    assert Flag.HELD in status.flags
    assert erased.stage is Stage.ERASED
    assert [one.key for one in store.list("erased/")] == [keys.tombstone(handle.id)]


@pytest.mark.timeout(600)
async def test_what_cannot_be_recorded_leaves_its_workflow_well(
    skipping: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """Not recorded, and not wedged: it can be held, released and erased."""
    delivery, contents = careerjet(str(uuid4()))
    one = delivery.application_id
    applications.accept(delivery, contents)
    store = open_store(settings)
    store.put(f"{keys.source(one, 1)}/in-the-way", b"")
    holds = open_records(settings, store).holds
    async with running_worker(Trouble(OWN_PACE).upon(skipping.client), settings):
        handle: Handle = await skipping.client.start_workflow(
            ApplicationWorkflow.run, one, id=one, task_queue=settings.task_queue
        )

        async def is_pending() -> bool:
            return "store_documents" in await pending(handle)

        await eventually(is_pending)
        await days_pass(skipping, DAYS)
        held = await execute_update(handle, "hold", HoldRequest(reason="4711"))
        hold = holds.find(one)
        await execute_update(handle, "hold", HoldRequest(release=True))
        length = (await handle.describe()).history_length
        erased = await execute_update(handle, "erase", EraseRequest(reason="17"))

    assert (held.stage, held.flags) == (Stage.RECEIVED, (Flag.HELD,))
    assert hold
    assert length < MAX_EVENTS
    assert erased.stage is Stage.ERASED


async def test_the_alarm_is_raised_once(
    working: WorkflowEnvironment,
    settings: Settings,
    applications: StoredApplications,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However often the watch says so, and though the record cannot say it."""
    handle = await arrive(working, settings, applications, str(uuid4()))
    await waiting(handle)
    damage(open_store(settings), handle.id)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            await handle.signal(ApplicationWorkflow.overdue)
        flags = (await handle.query(ApplicationWorkflow.status)).flags
        await asyncio.gather(
            *(handle.signal(ApplicationWorkflow.overdue) for _ in range(3))
        )
        await handle.query(ApplicationWorkflow.status)

    raised = [line for line in caplog.records if "archive overdue" in line.getMessage()]
    assert Flag.OVERDUE in flags
    assert len(raised) == 1

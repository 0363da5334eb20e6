"""A step that hangs while it holds the application's lock: people are answered."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from temporalio.client import Client

from letterbox.domain.application import Flag, Stage
from letterbox.domain.commands import Assignment, EraseRequest, HoldRequest
from letterbox.domain.errors import (
    LetterboxError,
    RefusedError,
    TemporalUnavailableError,
)
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from letterbox.temporal.updates import Updates
from tests.support import THOROUGH, eventually
from tests.workflows.intake import accepted
from tests.workflows.running_worker import running_worker
from tests.workflows.trouble import Trouble
from workflows.application import ApplicationWorkflow

OPEN = "20240107-123456-7890"
Tell = Callable[[Client, str], Awaitable[None]]


async def closes(client: Client, one: str) -> None:
    """Have its position close."""
    handle = client.get_workflow_handle(one)
    await handle.signal(ApplicationWorkflow.position_closed, datetime.now(UTC))


async def is_late(client: Client, one: str) -> None:
    """Have the watch find it late."""
    await client.get_workflow_handle(one).signal(ApplicationWorkflow.overdue)


async def is_sent_again(client: Client, one: str) -> None:
    """Have it look into its inbox."""
    await client.get_workflow_handle(one).signal(ApplicationWorkflow.redelivered)


STEPS = {
    "note_flag": is_late,
    "note_closing": closes,
    "store_documents": is_sent_again,
}


@pytest_asyncio.fixture(name="trouble")
async def _trouble(
    temporal_client: Client, settings: Settings
) -> AsyncIterator[Trouble]:
    trouble = Trouble()
    async with running_worker(trouble.upon(temporal_client), settings):
        try:
            yield trouble
        finally:
            trouble.free()


@pytest.mark.timeout(180)
@pytest.mark.skipif(not THOROUGH, reason="takes a minute of a person's patience")
@pytest.mark.parametrize(("step", "tell"), STEPS.items(), ids=STEPS)
async def test_a_hold_is_placed_while_a_step_hangs_and_outdoes_an_erasure(  # noqa: PLR0913, PLR0917
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    trouble: Trouble,
    step: str,
    tell: Tell,
) -> None:
    """At once, whoever holds the lock; who assigns is answered; then all goes on."""
    one = await accepted(temporal_client, settings, applications)
    holds = open_records(settings, open_store(settings)).holds
    updates = Updates(temporal_client, settings.task_queue)
    trouble.hanging.add(step)
    await tell(temporal_client, one)
    await eventually(lambda: _hangs(trouble, step))

    began = datetime.now(UTC)
    held = await updates.hold(one, HoldRequest(reason="case 4711"))
    took = datetime.now(UTC) - began
    is_held = holds.find(one)
    with pytest.raises(RefusedError, match="held"):
        await updates.erase(one, EraseRequest(reason="17"))
    assigned = None
    try:
        assigned = await updates.assign(one, Assignment(reference=OPEN))
    except LetterboxError as error:
        refused = error
    still_hangs = trouble.hanging == {step}
    trouble.free()
    released = await updates.hold(one, HoldRequest(release=True))
    erased = await updates.erase(one, EraseRequest(reason="17"))

    assert is_held
    assert Flag.HELD in held.flags
    assert took < timedelta(seconds=20)
    assert assigned or isinstance(refused, RefusedError)
    assert still_hangs
    assert Flag.HELD not in released.flags
    assert erased.stage is Stage.ERASED


@pytest.mark.timeout(180)
async def test_an_erasure_that_a_hanging_step_holds_up_is_carried_out_after_it(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    trouble: Trouble,
) -> None:
    """Whoever asked is told that it is under way; nothing is written behind it."""
    one = await accepted(temporal_client, settings, applications)
    updates = Updates(temporal_client, settings.task_queue, timedelta(seconds=12))
    trouble.hanging.add("note_flag")
    await is_late(temporal_client, one)
    await eventually(lambda: _hangs(trouble, "note_flag"))

    with pytest.raises(TemporalUnavailableError, match="may still be carried out"):
        await updates.erase(one, EraseRequest(reason="17"))
    not_yet = applications.ended(one)
    trouble.free()
    ended = await temporal_client.get_workflow_handle(one).result()

    assert not_yet is None
    assert ended["stage"] == Stage.ERASED
    assert applications.ended(one) is Stage.ERASED
    store = open_store(settings)
    assert not list(store.list(f"applications/{one}"))


async def _hangs(trouble: Trouble, step: str) -> bool:
    return step in trouble.stuck

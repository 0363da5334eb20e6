"""An ATS hears of an application that has ended, too."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client, WorkflowExecutionStatus

from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.commands import EraseRequest
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from letterbox.temporal.updates import Updates
from tests.factories import careerjet
from tests.receiver import SECRET, Receiver
from tests.support import eventually, free_port
from tests.workflows.running_worker import running_worker
from workflows.application import ApplicationWorkflow


@pytest.fixture(name="ats")
def _ats() -> Iterator[Receiver]:
    with Receiver() as ats:
        yield ats


@pytest_asyncio.fixture(name="archived")
async def _archived(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    ats: Receiver,
) -> AsyncIterator[tuple[Updates, str]]:
    """Have one archived at once, since its window is over, and its ATS told."""
    named = {"delivery_url": ats.url, "delivery_secret": (SecretStr(SECRET),)}
    told = settings.model_copy(update=named)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    delivery, contents = careerjet(str(uuid4()), received_at=long_ago)
    one = delivery.application_id
    applications.accept(delivery, contents)
    async with running_worker(temporal_client, told):
        await start_application(temporal_client, told.task_queue, one)
        await temporal_client.get_workflow_handle(one).result()
        yield Updates(temporal_client, told.task_queue), one


def types(ats: Receiver) -> list[str]:
    """Tell what it was told, in order."""
    return [attempt.event["type"].partition(".")[2] for attempt in ats.attempts]


async def test_the_erasure_of_an_archived_one_is_told(
    archived: tuple[Updates, str], temporal_client: Client, ats: Receiver
) -> None:
    """Else the ATS would keep the person's data."""
    updates, one = archived
    before = types(ats)

    await updates.erase(one, EraseRequest(reason="request 17"))
    await temporal_client.get_workflow_handle(one).result()

    assert before[-1] == "archived"
    assert types(ats) == [*before, "erased"]


async def test_an_archived_one_can_be_told_again(
    archived: tuple[Updates, str], temporal_client: Client, ats: Receiver
) -> None:
    """Under an id of its own."""
    updates, one = archived
    before = types(ats)

    await updates.deliver(one)
    await temporal_client.get_workflow_handle(one).result()

    assert types(ats) == [*before, "archived"]
    assert len({attempt.id for attempt in ats.attempts}) == len(before) + 1


@pytest.mark.parametrize("stage", [Stage.ARCHIVED, Stage.ERASED])
async def test_a_late_repeat_does_not_wait_until_the_ats_is_back(
    stage: Stage,
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
) -> None:
    """What it brought is removed, though the workflow still has to tell the ATS."""
    away = f"http://127.0.0.1:{free_port()}/"
    named = {"delivery_url": away, "delivery_secret": (SecretStr(SECRET),)}
    told = settings.model_copy(update=named)
    is_old = stage is Stage.ARCHIVED
    came = datetime(2020, 1, 1, tzinfo=UTC) if is_old else datetime.now(UTC)
    delivery, contents = careerjet(str(uuid4()), received_at=came)
    one, queue = delivery.application_id, told.task_queue
    store = open_store(told)
    applications.accept(delivery, contents)
    async with running_worker(temporal_client, told):
        await start_application(temporal_client, queue, one)
        if stage is Stage.ERASED:
            await eventually(lambda: to_thread(applications.find, one))
            await Updates(temporal_client, queue).erase(one, EraseRequest(reason="17"))
        handle = temporal_client.get_workflow_handle(one, result_type=Status)

        async def is_over() -> bool:
            # The store says so before all of it is removed.
            return (await handle.query(ApplicationWorkflow.status)).stage is stage

        await eventually(is_over)

        applications.accept(delivery, contents)
        await start_application(temporal_client, queue, one)

        await eventually(lambda: to_thread(is_bare, store, one))
        assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
        await handle.terminate("a test")


def is_bare(store: ObjectStore, one: str) -> bool:
    """Tell whether nothing of an open application is there."""
    areas = (keys.inbox(one), keys.application(one))
    return not any(True for area in areas for _ in store.list(area))

"""What the ATS is owed is known from the record, whatever the workers' settings."""

from asyncio import to_thread
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from letterbox.domain.application import EventType
from letterbox.domain.commands import Assignment
from letterbox.domain.errors import RefusedError
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from letterbox.temporal.updates import Updates
from tests.factories import careerjet
from tests.receiver import Receiver
from tests.support import eventually, free_port
from tests.workflows.intake import OPEN, accepted, settings_with_ats, wait_for_events
from tests.workflows.running_worker import running_worker, wait_until_idle


@pytest.fixture(name="ats")
def _ats() -> Iterator[Receiver]:
    with Receiver() as ats:
        yield ats


async def test_what_was_recorded_before_there_was_an_ats_can_be_told(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    ats: Receiver,
) -> None:
    """All that is owed, each under the id that the record names; and assignments."""
    updates = Updates(temporal_client, settings.task_queue)
    async with running_worker(temporal_client, settings):
        asked = await accepted(temporal_client, settings, applications, OPEN)
        assigned = await accepted(temporal_client, settings, applications)
        with pytest.raises(RefusedError, match="no ATS"):
            await updates.deliver(asked)
    record = applications.find(asked)
    assert record
    async with running_worker(temporal_client, settings_with_ats(settings, ats.url)):
        await updates.deliver(asked)
        await updates.assign(assigned, Assignment(reference=OPEN))
        await wait_for_events(ats, asked, "recorded", "matched", "updated")
        await wait_for_events(ats, assigned, "recorded", "matched")
        for one in (asked, assigned):
            await wait_until_idle(temporal_client.get_workflow_handle(one))

    owed = {one.delivery_id for one in record.owed}
    assert [one.type for one in record.owed] == [EventType.RECORDED, EventType.MATCHED]
    assert owed < {attempt.id for attempt in ats.attempts}
    for one in (asked, assigned):
        after = applications.find(one)
        assert after
        assert (after.stage, after.owed) == ("delivered", ())


async def test_workers_without_an_ats_swallow_nothing(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    ats: Receiver,
) -> None:
    """While its address is rolled out, what they record is told by the others."""
    ids = []
    address = temporal_client.service_client.config.target_host
    # A process has one worker for a task queue and a connection.
    another = await Client.connect(address, data_converter=pydantic_data_converter)
    async with (
        running_worker(another, settings_with_ats(settings, ats.url)),
        running_worker(temporal_client, settings),
    ):
        for _ in range(10):
            delivery, contents = careerjet(str(uuid4()))
            ids.append(delivery.application_id)
            applications.accept(delivery, contents)
            await start_application(another, settings.task_queue, ids[-1])
        for one in ids:
            await wait_for_events(ats, one, "recorded", "matched")

    assert len(ats.events) == 2 * len(ids)


async def test_an_installation_that_lost_its_ats_still_archives(
    temporal_client: Client, settings: Settings, applications: StoredApplications
) -> None:
    """Nothing is scheduled that nobody could do."""
    delivery, contents = careerjet(
        str(uuid4()), received_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    one = delivery.application_id
    applications.accept(delivery, contents)
    async with running_worker(temporal_client, settings):
        await start_application(temporal_client, settings.task_queue, one)
        ended = await temporal_client.get_workflow_handle(one).result()

    assert ended["stage"] == "archived"


async def test_a_due_archive_does_not_wait_for_an_ats_that_is_away(
    temporal_client: Client, settings: Settings, applications: StoredApplications
) -> None:
    """What is owed at its end keeps the workflow open, and nothing else."""
    away = settings_with_ats(settings, f"http://127.0.0.1:{free_port()}/")
    delivery, contents = careerjet(
        str(uuid4()), received_at=datetime.now(UTC) - timedelta(days=400)
    )
    one = delivery.application_id
    applications.accept(delivery, contents)
    async with running_worker(temporal_client, away):
        await start_application(temporal_client, away.task_queue, one)
        await eventually(lambda: to_thread(applications.ended, one))
        described = await temporal_client.get_workflow_handle(one).describe()
        await temporal_client.get_workflow_handle(one).terminate("a test")

    assert described.status
    assert described.status.name == "RUNNING"

"""The life of an application, on a server where months pass in seconds."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowFailureError,
)
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.application import Flag, Stage
from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.factories import PDF, careerjet
from tests.record_factory import record
from tests.support import eventually
from tests.workflows.time_skipping import arrive, waiting
from workflows.application import ApplicationWorkflow


async def test_an_application_waits_for_its_archive_date(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """180 days less the margin of 14, in one run, and not a day less."""
    handle = await arrive(working, settings, applications, str(uuid4()))
    status = await waiting(handle)

    await working.sleep(timedelta(days=165))
    a_day_before = (await handle.describe()).status
    await working.sleep(timedelta(days=2))

    assert status.stage is Stage.MATCHED
    assert a_day_before is WorkflowExecutionStatus.RUNNING
    assert await handle.result() == status.model_copy(update={"stage": Stage.ARCHIVED})


async def test_other_content_arrives_while_the_application_waits(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """It is taken over by the run that waits; the date does not move."""
    uuid = str(uuid4())
    handle = await arrive(working, settings, applications, uuid)
    before = await waiting(handle)

    await arrive(working, settings, applications, uuid, lastname="Other")

    async def flagged() -> bool:
        return Flag.CONFLICT in (await handle.query(ApplicationWorkflow.status)).flags

    await eventually(flagged)
    after = await handle.query(ApplicationWorkflow.status)
    assert after == before.model_copy(update={"flags": (Flag.CONFLICT,)})
    assert not list(applications.submissions(f"careerjet:{uuid}"))


async def test_two_deliveries_before_the_first_look_are_both_kept(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """The first is the record, the second its conflict."""
    uuid = str(uuid4())
    now = await working.get_current_time()
    later, contents = careerjet(
        uuid, lastname="Other", received_at=now + timedelta(seconds=1)
    )
    applications.accept(later, contents)

    handle = await arrive(working, settings, applications, uuid)

    status = await waiting(handle)
    record = applications.find(f"careerjet:{uuid}")
    assert record
    assert status.flags == (Flag.CONFLICT,)
    assert record.candidate.person.name.family == "Example"
    assert len(record.views) == 2


async def test_a_late_repeat_after_the_end_is_not_taken_in(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """Temporal may have forgotten; the store has not."""
    uuid = str(uuid4())
    records = open_records(settings, open_store(settings))
    archived = record(f"careerjet:{uuid}")
    records.applications.update(archived)
    records.archives.pack(archived)
    records.removal.delete_open_copy(archived.id)

    handle = await arrive(working, settings, applications, uuid)

    assert await handle.result() == Status(stage=Stage.ARCHIVED)
    assert not list(applications.submissions(f"careerjet:{uuid}"))


async def test_a_run_that_lost_its_memory_finds_the_record(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """A worker killed after the record was written, or a terminated run."""
    uuid = str(uuid4())
    handle = await arrive(working, settings, applications, uuid)
    before = await waiting(handle)
    await handle.terminate("a test pulls the plug")

    application = f"careerjet:{uuid}"
    await start_application(working.client, settings.task_queue, application)

    again = working.client.get_workflow_handle(application, result_type=Status)
    assert await waiting(again) == before
    await again.terminate("done")


async def test_what_is_nowhere_fails_at_once_and_says_so(
    working: WorkflowEnvironment, settings: Settings
) -> None:
    """Started by hand with an id that was never accepted."""
    client, queue = working.client, settings.task_queue
    unknown = f"careerjet:{uuid4()}"

    await start_application(client, queue, unknown)

    with pytest.raises(WorkflowFailureError) as raised:
        await client.get_workflow_handle(unknown).result()
    assert "neither in the inbox nor recorded" in repr(raised.value.cause)


async def test_an_application_long_past_its_window_does_not_wait(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """It came out of a backlog; its archive date has passed."""
    uuid = str(uuid4())
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    delivery, contents = careerjet(uuid, cv=PDF, received_at=long_ago)
    applications.accept(delivery, contents)
    client, queue = working.client, settings.task_queue

    await start_application(client, queue, delivery.application_id)

    handle = client.get_workflow_handle(delivery.application_id, result_type=Status)
    assert (await handle.result()).stage is Stage.ARCHIVED

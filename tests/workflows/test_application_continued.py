"""An application that is told more than one history should hold."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest_asyncio
from pydantic import SecretStr
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from letterbox.domain.application import Flag
from letterbox.domain.commands import (
    HoldRequest,
    StatusReport,
)
from letterbox.domain.standing import CandidateStatus
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from letterbox.temporal.updates import Updates
from tests.receiver import SECRET, Receiver
from tests.support import eventually
from tests.workflows.brief_histories import MAX_LENGTH, brief_histories
from tests.workflows.running_worker import running_worker, wait_until_idle
from tests.workflows.time_skipping import Handle, arrive, waiting
from workflows.application import ApplicationWorkflow
from workflows.lifecycle import Lifecycle
from workflows.state import ApplicationState

OTHERS = 20
CLOSES = 10
TOLD = ["application.matched", "application.recorded"]


@pytest_asyncio.fixture
async def brief() -> AsyncIterator[WorkflowEnvironment]:
    """Run a server that finds histories long early."""
    async with brief_histories() as environment:
        yield environment


async def lengths(client: Client, name: str, run: str | None) -> list[int]:
    """Count the events of a workflow's runs, from the given one on."""
    counted = []
    while run:
        handle = client.get_workflow_handle(name, run_id=run)
        events = (await handle.fetch_history()).events
        counted.append(len(events))
        last = events[-1].workflow_execution_continued_as_new_event_attributes
        run = last.new_execution_run_id
    return counted


async def test_a_long_history_is_continued_and_nothing_is_lost(
    brief: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """Deliveries, hundreds of closes and a hold are all kept, over several runs."""
    uuid = str(uuid4())
    latest = datetime.now(UTC) + timedelta(days=1)
    async with running_worker(brief.client, settings):
        handle = await arrive(brief, settings, applications, uuid)
        before = await waiting(handle)
        first_run = (await handle.describe()).run_id

        for number in range(OTHERS):
            await arrive(brief, settings, applications, uuid, lastname=f"No. {number}")
            closed = (latest - timedelta(minutes=number + n) for n in range(CLOSES))
            await asyncio.gather(
                *(
                    handle.signal(ApplicationWorkflow.position_closed, one)
                    for one in closed
                )
            )
        await handle.execute_update("hold", HoldRequest(reason="case 4711"))
        await wait_until_idle(handle)

        status = await handle.query(ApplicationWorkflow.status)
        runs = await lengths(brief.client, handle.id, first_run)
    record = applications.find(handle.id)
    assert record
    assert len(record.views) == 1 + OTHERS
    assert not list(applications.submissions(handle.id))
    assert status == before.model_copy(
        update={
            "flags": (Flag.CONFLICT, Flag.HELD),
            "archive_by": latest + timedelta(days=166),
            "overdue_at": latest + timedelta(days=173),
        }
    )
    assert len(runs) > 1
    # The last task may add to what was short enough when it began.
    assert runs[-1] < 2 * MAX_LENGTH


async def test_news_is_heeded_though_the_ats_is_away(
    brief: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """The history stays short; what is owed is told later, under the ids it had."""
    with Receiver(failing=1) as ats:
        named = {"delivery_url": ats.url, "delivery_secret": (SecretStr(SECRET),)}
        told = settings.model_copy(update=named)
        async with running_worker(brief.client, told):
            handle = await arrive(brief, told, applications, str(uuid4()))
            await waiting(handle)
            first_run = (await handle.describe()).run_id
            record = applications.find(handle.id)
            assert record
            closed = datetime.now(UTC)
            for number in range(MAX_LENGTH):
                if number == MAX_LENGTH // 2:
                    ats.failing = 0
                moment = closed + timedelta(seconds=number)
                await handle.signal(ApplicationWorkflow.position_closed, moment)
                await eventually(lambda: moved(handle, moment))  # noqa: B023
            await eventually(lambda: asyncio.sleep(0, len(ats.events) == len(TOLD)))
            runs = await lengths(brief.client, handle.id, first_run)

    assert len(runs) > 2
    assert max(runs) < 2 * MAX_LENGTH
    assert set(ats.events) == {one.delivery_id for one in record.owed}
    assert ats.types(handle.id) == TOLD


async def moved(handle: Handle, closed_at: datetime) -> bool:
    """Tell whether the date was moved by a close."""
    status = await handle.query(ApplicationWorkflow.status)
    return status.archive_by == closed_at + timedelta(days=166)


async def test_changes_that_leave_the_status_alone_do_not_fill_the_history(
    brief: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """Nothing else would wake it: a server refuses updates, and then ends the run."""
    updates = Updates(brief.client, settings.task_queue)
    async with running_worker(brief.client, settings):
        handle = await arrive(brief, settings, applications, str(uuid4()))
        await waiting(handle)
        first_run = (await handle.describe()).run_id

        for number in range(MAX_LENGTH // 2):
            report = StatusReport(
                id=f"change-{number}",
                status=CandidateStatus.VIEWED,
                changed_at=datetime.now(UTC),
            )
            await updates.report_status(handle.id, report)
        runs = await lengths(brief.client, handle.id, first_run)

    record = applications.find(handle.id)
    assert record
    assert len(record.status_changes) == MAX_LENGTH // 2
    assert len(runs) > 2
    assert max(runs) < 2 * MAX_LENGTH


@workflow.defn
class Full:
    """A life that has seen that its history is long, on a server that says nothing."""

    @workflow.run
    async def run(self) -> bool:
        """Return whether it is taken to be full."""
        state = ApplicationState("careerjet:1", is_new=True, in_two_steps=True)
        state.is_full = True
        assert not workflow.info().is_continue_as_new_suggested()
        return Lifecycle(state)._is_history_full()  # noqa: SLF001


async def test_what_a_server_suggested_and_took_back_leads_to_a_new_run(
    temporal_client: Client,
) -> None:
    """Refused updates count until they are refused. Woken by it, it must not wait."""
    queue = str(uuid4())
    async with Worker(
        temporal_client,
        task_queue=queue,
        workflows=[Full],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        is_full = await temporal_client.execute_workflow(
            Full.run, id=queue, task_queue=queue
        )

    assert is_full

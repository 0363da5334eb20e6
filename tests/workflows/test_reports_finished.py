"""A status on its way when a run is full: it is sent and noted first, within limits."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from letterbox.domain.commands import (
    NoteReportingInput,
    SendStatusInput,
    SendStatusResult,
)
from letterbox.domain.errors import BoardUnavailableError, StoreUnavailableError
from letterbox.domain.standing import Reporting
from letterbox.domain.status import Recorded
from letterbox.temporal.task_queues import STATUSES, beside
from workflows.lifecycle import Lifecycle
from workflows.state import ApplicationState

# Tries: four at once, then after 1, 2, 4 … seconds.
_AWAY_FOR = 12


@workflow.defn
class Finishing:
    """A life that is full while a status is on its way."""

    @workflow.run
    async def run(self) -> timedelta:
        """Return for how long a new run waits for it."""
        state = ApplicationState("careerjet:1", is_new=True, in_two_steps=True)
        reports = Lifecycle(state).reports
        sending = asyncio.create_task(reports.send())
        reports.owe(["change-1", "change-2"])
        # The first of them is on its way then.
        await workflow.sleep(timedelta(seconds=1))
        began = workflow.now()
        await reports.finish()
        assert sending.done()
        return workflow.now() - began


@activity.defn(name="send_status")
async def send_nothing(args: SendStatusInput) -> SendStatusResult:
    """Fail as where the board is away."""
    raise BoardUnavailableError(f"no answer to {args.change_id}")


async def test_a_new_run_waits_for_no_board_for_long(
    skipping: WorkflowEnvironment,
) -> None:
    """What cannot be sent now is let go of, and is owed to the next run."""
    queue = str(uuid4())
    async with (
        Worker(
            skipping.client,
            task_queue=queue,
            workflows=[Finishing],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
        Worker(
            skipping.client,
            task_queue=beside(queue, STATUSES),
            activities=[send_nothing],
        ),
    ):
        waited = await skipping.client.execute_workflow(
            Finishing.run, id=queue, task_queue=queue
        )

    assert timedelta(minutes=2) <= waited < timedelta(minutes=3)


async def test_what_the_board_has_is_noted_before_a_new_run(
    skipping: WorkflowEnvironment,
) -> None:
    """The store is away for minutes: the next run would read that it is owed still."""
    queue = str(uuid4())
    sent: list[str] = []
    noted: list[str] = []

    @activity.defn(name="send_status")
    async def send(args: SendStatusInput) -> SendStatusResult:
        sent.append(args.change_id)
        return SendStatusResult(reporting=Reporting.SENT)

    @activity.defn(name="note_reporting")
    def note(args: NoteReportingInput) -> Recorded | None:
        noted.append(args.change_id)
        if len(noted) <= _AWAY_FOR:
            raise StoreUnavailableError("the store is away")
        return None

    with ThreadPoolExecutor(2) as pool:
        async with (
            Worker(
                skipping.client,
                task_queue=queue,
                workflows=[Finishing],
                activities=[note],
                activity_executor=pool,
                workflow_runner=UnsandboxedWorkflowRunner(),
            ),
            Worker(
                skipping.client,
                task_queue=beside(queue, STATUSES),
                activities=[send],
            ),
        ):
            waited = await skipping.client.execute_workflow(
                Finishing.run, id=queue, task_queue=queue
            )

    assert waited > timedelta(minutes=4)
    assert sent == ["change-1"]
    assert noted == ["change-1"] * (_AWAY_FOR + 1)

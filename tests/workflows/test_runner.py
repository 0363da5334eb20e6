"""The tests' own way of running workflows keeps the sandbox's promise."""

from datetime import datetime
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError

from tests.workflows.sandbox_runner import QuickSandboxRunner


@workflow.defn
class Careless:
    """Asks the machine for the time."""

    @workflow.run
    async def run(self) -> None:
        """Look at another clock than Temporal's."""
        datetime.now().astimezone()


async def test_what_no_replay_could_repeat_is_refused(temporal_client: Client) -> None:
    """It fails in the first workflow task, not half a year later."""
    name = str(uuid4())
    async with Worker(
        temporal_client,
        task_queue=name,
        workflows=[Careless],
        workflow_runner=QuickSandboxRunner(),
        workflow_failure_exception_types=[RestrictedWorkflowAccessError],
    ):
        with pytest.raises(WorkflowFailureError) as failed:
            await temporal_client.execute_workflow("Careless", id=name, task_queue=name)

    assert "datetime.datetime.now" in str(failed.value.cause)

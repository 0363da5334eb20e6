"""A run that has seen that its history is long, whatever the server says later."""

from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from workflows.lifecycle import Lifecycle
from workflows.state import ApplicationState


@workflow.defn
class Full:
    """A life that begins full, on a server that suggests nothing."""

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

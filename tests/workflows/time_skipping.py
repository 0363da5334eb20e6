"""Applications on a server where months pass in seconds."""

from datetime import timedelta

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.factories import PDF, careerjet
from tests.support import eventually
from workflows.application import ApplicationWorkflow

Handle = WorkflowHandle[ApplicationWorkflow, Status]


async def arrive(  # noqa: PLR0913 what may differ has a default
    environment: WorkflowEnvironment,
    settings: Settings,
    applications: StoredApplications,
    uuid: str,
    *,
    lastname: str = "Example",
    cv: bytes | None = PDF,
) -> Handle:
    """Accept an application and start it, as the API does."""
    now = await environment.get_current_time()
    delivery, contents = careerjet(uuid, cv=cv, lastname=lastname, received_at=now)
    applications.accept(delivery, contents)
    client, queue = environment.client, settings.task_queue
    await start_application(client, queue, delivery.application_id)
    return client.get_workflow_handle(delivery.application_id, result_type=Status)


async def days_pass(environment: WorkflowEnvironment, days: int) -> None:
    """Let them pass one by one: a call to the server has a time limit of its own."""
    for _ in range(days):
        await environment.sleep(timedelta(days=1))


async def waiting(handle: Handle) -> Status:
    """Wait until the application waits for its archive date; tell its status."""

    async def past_intake() -> bool:
        return (await handle.query(ApplicationWorkflow.status)).archive_by is not None

    await eventually(past_intake)
    return await handle.query(ApplicationWorkflow.status)

"""Applications that are taken in on a real Temporal, and told to an ATS."""

from datetime import UTC, datetime
from uuid import uuid4

from pydantic import SecretStr
from temporalio.client import Client

from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.factories import careerjet
from tests.receiver import SECRET, Receiver
from tests.support import eventually
from workflows.application import ApplicationWorkflow

OPEN = "20240107-123456-7890"
UNKNOWN = "nobody-knows-it"


async def accepted(
    client: Client,
    settings: Settings,
    applications: StoredApplications,
    job_id: str = UNKNOWN,
    received_at: datetime | None = None,
) -> str:
    """Accept and start an application; wait until it is recorded, or has ended."""
    delivery, contents = careerjet(str(uuid4()), job_id=job_id, received_at=received_at)
    applications.accept(delivery, contents)
    application_id = delivery.application_id
    await start_application(client, settings.task_queue, application_id)
    handle = client.get_workflow_handle(application_id, result_type=Status)

    async def past_intake() -> bool:
        status: Status = await handle.query(ApplicationWorkflow.status)
        return status.archive_by is not None

    await eventually(past_intake)
    return application_id


async def archived(
    client: Client,
    settings: Settings,
    applications: StoredApplications,
    job_id: str = UNKNOWN,
) -> str:
    """Have an application archived at once, since its window is over."""
    application_id = await accepted(
        client, settings, applications, job_id, datetime(2020, 1, 1, tzinfo=UTC)
    )
    await client.get_workflow_handle(application_id).result()
    return application_id


def settings_with_ats(settings: Settings, url: str) -> Settings:
    """Have an ATS."""
    named = {"delivery_url": url, "delivery_secret": (SecretStr(SECRET),)}
    return settings.model_copy(update=named)


async def wait_for_events(ats: Receiver, one: str, *types: str) -> None:
    """Wait until the ATS knows of these events, and of no other."""

    async def is_told() -> bool:
        return ats.types(one) == sorted(f"application.{type_}" for type_ in types)

    await eventually(is_told)

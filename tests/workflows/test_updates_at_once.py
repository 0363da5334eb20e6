"""A hold and an erasure that reach an application in the same moment."""

from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import BaseModel
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)

from letterbox.domain.application import Flag, Stage
from letterbox.domain.commands import Assignment, EraseRequest, HoldRequest
from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.factories import careerjet
from tests.workflows.intake import accepted
from tests.workflows.running_worker import running_worker

_GIVEN: dict[str, BaseModel] = {
    "assign_position": Assignment(reference="20240107-123456-7890"),
    "hold": HoldRequest(reason="case 4711"),
    "erase": EraseRequest(reason="request 17", by="a test"),
}


async def start_update(
    client: Client, application_id: str, name: str
) -> WorkflowUpdateHandle[Status]:
    """Ask while nobody works: the server keeps the question for whoever comes."""
    handle = client.get_workflow_handle(application_id)
    update_id = str(uuid4())
    with pytest.raises(WorkflowUpdateRPCTimeoutOrCancelledError):
        await handle.start_update(
            name,
            _GIVEN[name],
            id=update_id,
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
            rpc_timeout=timedelta(seconds=1),
        )
    return handle.get_update_handle(update_id, result_type=Status)


async def granted(update: WorkflowUpdateHandle[Status]) -> Status | None:
    """Give what came of it; None where it was refused."""
    try:
        return await update.result()
    except WorkflowUpdateFailedError:
        return None


@pytest.mark.parametrize("names", [("hold", "erase"), ("erase", "hold")], ids="-".join)
async def test_only_one_of_both_is_granted(
    names: tuple[str, str],
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
) -> None:
    """Both in one task of the workflow: who is told that it is held finds it there."""
    async with running_worker(temporal_client, settings):
        one = await accepted(temporal_client, settings, applications)
    updates = {name: await start_update(temporal_client, one, name) for name in names}
    async with running_worker(temporal_client, settings):
        said = {name: await granted(update) for name, update in updates.items()}

    record = applications.find(one)
    if said["hold"]:
        assert said["erase"] is None
        assert record
        assert Flag.HELD in record.flags
    else:
        assert said["erase"] == Status(stage=Stage.ERASED)
        assert record is None


async def test_an_erasure_answers_who_waits_for_the_first_look(
    temporal_client: Client, settings: Settings, applications: StoredApplications
) -> None:
    """Else his question would keep the workflow open for ever, deaf to repeats."""
    delivery, contents = careerjet(str(uuid4()))
    one = delivery.application_id
    applications.accept(delivery, contents)
    await start_application(temporal_client, settings.task_queue, one)
    choice, erasure = [
        await start_update(temporal_client, one, name)
        for name in ("assign_position", "erase")
    ]

    async with running_worker(temporal_client, settings):
        assert await granted(erasure) == Status(stage=Stage.ERASED)
        assert await granted(choice) is None
        ended = await temporal_client.get_workflow_handle(one).result()

    assert ended["stage"] == Stage.ERASED
    assert applications.ended(one) is Stage.ERASED

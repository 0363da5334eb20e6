"""What people ask of an application, on the real development server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain import keys
from letterbox.domain.application import Flag, Hold, Stage
from letterbox.domain.commands import Assignment, EraseRequest, HoldRequest
from letterbox.domain.errors import RefusedError
from letterbox.domain.positions import Position, PositionStatus
from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from letterbox.temporal.updates import Updates
from tests.factories import careerjet
from tests.support import eventually
from tests.workflows.intake import accepted, archived
from tests.workflows.running_worker import running_worker

CASE = EraseRequest(reason="request 17", by="a test")


@pytest_asyncio.fixture
async def updates(
    temporal_client: Client, settings: Settings
) -> AsyncIterator[Updates]:
    """Run the worker as it is in production, and ask as the API does."""
    async with running_worker(temporal_client, settings):
        yield Updates(temporal_client, settings.task_queue)


@pytest.fixture
def records(settings: Settings) -> Records:
    """Give what the store holds, verb by verb."""
    return open_records(settings, open_store(settings))


async def test_a_person_assigns_a_position(
    updates: Updates,
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
) -> None:
    """What waited in triage is matched, in the record and in the search attributes."""
    one = await accepted(temporal_client, settings, applications)

    status = await updates.assign(one, Assignment(reference="20240107-123456-7890"))

    record = applications.find(one)
    assert record
    assert (status.stage, record.stage) == (Stage.MATCHED, Stage.MATCHED)
    assert record.position.reference == "20240107-123456-7890"
    described = await temporal_client.get_workflow_handle(one).describe()
    assert described.search_attributes["LetterboxPosition"] == ["20240107-123456-7890"]


async def test_what_cannot_be_assigned_is_refused_with_the_reason(
    updates: Updates,
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
) -> None:
    """Unknown, closed, or of several hirers; the record stays as it is."""
    store = open_store(settings)
    writer = CatalogueWriter(store)
    writer.put(Position(reference="CLOSED", status=PositionStatus.CLOSED))
    for hirer in ("acme", "apex"):
        writer.put(Position(reference="TWICE", hirer=hirer))
    one = await accepted(temporal_client, settings, applications)

    with pytest.raises(RefusedError, match="no such position"):
        await updates.assign(one, Assignment(reference="UNKNOWN"))
    with pytest.raises(RefusedError, match="the position is closed"):
        await updates.assign(one, Assignment(reference="CLOSED"))
    with pytest.raises(RefusedError, match="several hirers"):
        await updates.assign(one, Assignment(reference="TWICE"))
    status = await updates.assign(one, Assignment(reference="TWICE", hirer="apex"))

    assert (status.position, status.hirer) == ("TWICE", "apex")


async def test_a_held_application_refuses_erasure_until_it_is_released(
    updates: Updates,
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
) -> None:
    """The flag, the record and the hold's own object say so."""
    one = await accepted(temporal_client, settings, applications)

    held = await updates.hold(one, HoldRequest(reason="case 4711"))
    with pytest.raises(RefusedError, match="held"):
        await updates.erase(one, CASE)
    released = await updates.hold(one, HoldRequest(release=True))
    erased = await updates.erase(one, CASE)

    assert Flag.HELD in held.flags
    assert Flag.HELD not in released.flags
    assert erased.stage is Stage.ERASED


async def test_a_hold_ends_by_itself(
    updates: Updates,
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    records: Records,
) -> None:
    """Its day comes, and the flag falls."""
    one = await accepted(temporal_client, settings, applications)

    soon = datetime.now(UTC) + timedelta(seconds=2)
    held = await updates.hold(one, HoldRequest(reason="case 4711", until=soon))

    async def released() -> bool:
        record = applications.find(one)
        return record is not None and Flag.HELD not in record.flags

    await eventually(released)
    assert Flag.HELD in held.flags
    assert records.holds.find(one) is None


async def test_erased_leaves_a_tombstone_and_nothing_else(
    updates: Updates,
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
) -> None:
    """The workflow ends; a late repeat of the board changes nothing."""
    one = await accepted(temporal_client, settings, applications)
    store = open_store(settings)

    await updates.erase(one, CASE)
    await temporal_client.get_workflow_handle(one).result()
    delivery, contents = careerjet(one.partition(":")[2])
    applications.accept(delivery, contents)
    await start_application(temporal_client, settings.task_queue, one)
    again = await temporal_client.get_workflow_handle(one, result_type=Status).result()

    left = [found.key for found in store.list("") if "positions" not in found.key]
    assert left == [keys.tombstone(one)]
    assert again.stage is Stage.ERASED
    assert await updates.erase(one, CASE) == Status(stage=Stage.ERASED)


async def test_an_archived_application_can_be_held_and_erased(
    updates: Updates,
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    records: Records,
) -> None:
    """Its workflow has ended; it is started anew for what is asked, and ends again."""
    one = await archived(temporal_client, settings, applications)

    held = await updates.hold(one, HoldRequest(reason="case 4711"))
    hold = records.holds.find(one)
    with pytest.raises(RefusedError, match="case 4711"):
        await updates.erase(one, CASE)
    with pytest.raises(RefusedError, match="archived"):
        await updates.assign(one, Assignment(reference="20240107-123456-7890"))
    await updates.hold(one, HoldRequest(release=True))
    erased = await updates.erase(one, CASE)

    assert (held.stage, held.flags) == (Stage.ARCHIVED, (Flag.HELD,))
    assert isinstance(hold, Hold)
    assert erased.stage is Stage.ERASED
    assert applications.ended(one) is Stage.ERASED
    handle = temporal_client.get_workflow_handle(one)
    await handle.result()
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED


async def test_what_is_not_there_cannot_be_asked_anything(
    updates: Updates, temporal_client: Client
) -> None:
    """Nobody accepted it: the caller is told, and no workflow is left behind."""
    unknown = f"careerjet:{uuid4()}"

    with pytest.raises(RefusedError, match="no such application"):
        await updates.assign(unknown, Assignment(reference="20240107-123456-7890"))

    described = await temporal_client.get_workflow_handle(unknown).describe()
    assert described.status is WorkflowExecutionStatus.FAILED

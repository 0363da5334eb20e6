"""A feed that the settings name keeps the catalogue in line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.messages import ImportedPositions
from letterbox.domain.positions import PositionStatus
from letterbox.resources import open_store
from letterbox.settings import Settings
from tests.support import eventually
from tests.workflows.running_worker import AnyHandle, running_worker
from workflows.scheduled import PositionImport

THREE = '[{"reference": "1"}, {"reference": "2"}, {"reference": "3"}]'
TWO = '[{"reference": "1", "title": "Letter carrier"}, {"reference": "2"}]'


@pytest.fixture(name="publish")
def _publish(tmp_path: Path) -> Callable[[str], object]:
    return (tmp_path / "positions.json").write_text


@pytest.fixture(name="fed")
def _fed(settings: Settings, tmp_path: Path) -> Settings:
    feed = str(tmp_path / "positions.json")
    named: dict[str, Any] = {"position_feed": feed, "position_hirer": "acme"}
    return settings.model_copy(update=named)


async def start(skipping: WorkflowEnvironment, settings: Settings) -> AnyHandle:
    """Start an import as the schedule does."""
    return await skipping.client.start_workflow(
        PositionImport.run, id=str(uuid4()), task_queue=settings.task_queue
    )


async def test_the_catalogue_follows_the_feed(
    skipping: WorkflowEnvironment, fed: Settings, publish: Callable[[str], object]
) -> None:
    """What it no longer names is removed, of its hirer; Temporal hears numbers."""
    catalogue = CatalogueWriter(open_store(fed))
    async with running_worker(skipping.client, fed):
        publish(THREE)
        first = await (await start(skipping, fed)).result()
        publish(TWO)
        second = await (await start(skipping, fed)).result()

    assert first == ImportedPositions(positions=3, added=3)
    assert second == ImportedPositions(positions=2, changed=1, removed=1)
    assert catalogue.get("1", "acme").title == "Letter carrier"
    assert catalogue.get("3", "acme").status is PositionStatus.REMOVED
    assert catalogue.get("20240107-123456-7890", None).status is PositionStatus.OPEN


async def test_what_is_spoilt_or_waits_is_counted_and_the_rest_lands(
    skipping: WorkflowEnvironment, fed: Settings, publish: Callable[[str], object]
) -> None:
    """A job more is there, whatever else the feed holds and lacks."""
    async with running_worker(skipping.client, fed):
        publish(THREE)
        await (await start(skipping, fed)).result()
        publish('[{"reference": "4"}, {"title": "no reference"}]')
        told = await (await start(skipping, fed)).result()

    expected = ImportedPositions(positions=1, added=1, skipped=1, removals_waiting=3)
    assert told == expected
    catalogue = CatalogueWriter(open_store(fed))
    assert catalogue.get("3", "acme").status is PositionStatus.OPEN
    assert catalogue.get("4", "acme").status is PositionStatus.OPEN


async def test_a_feed_of_which_nothing_can_be_read_fails_and_is_seen(
    skipping: WorkflowEnvironment, fed: Settings, publish: Callable[[str], object]
) -> None:
    """The workflow fails at once: who makes the feed must look."""
    async with running_worker(skipping.client, fed):
        publish('[{"title": "no reference"}]')
        with pytest.raises(WorkflowFailureError) as failed:
            await (await start(skipping, fed)).result()

    assert isinstance(failed.value.cause, ActivityError)
    assert isinstance(failed.value.cause.cause, ApplicationError)
    assert failed.value.cause.cause.type == "MalformedError"


async def test_of_a_feed_that_is_cut_off_what_came_lands_until_the_whole_comes(
    skipping: WorkflowEnvironment, fed: Settings, publish: Callable[[str], object]
) -> None:
    """It is tried again, as one that is away."""
    catalogue = CatalogueWriter(open_store(fed))
    async with running_worker(skipping.client, fed):
        publish(THREE)
        await (await start(skipping, fed)).result()
        publish('[{"reference": "4"}, {"refer')
        handle = await start(skipping, fed)

        async def was_tried() -> bool:
            told = (await handle.describe()).raw_description
            return any(one.attempt > 1 for one in told.pending_activities)

        await eventually(was_tried)
        landed = catalogue.get("4", "acme").status, catalogue.get("1", "acme").status
        publish(TWO)
        await handle.result()

    assert landed == (PositionStatus.OPEN, PositionStatus.OPEN)
    assert catalogue.get("4", "acme").status is PositionStatus.REMOVED


async def test_a_feed_that_is_away_is_waited_for(
    skipping: WorkflowEnvironment, fed: Settings, publish: Callable[[str], object]
) -> None:
    """Retries are Temporal's; the feed comes back while they go on."""
    async with running_worker(skipping.client, fed):
        handle = await start(skipping, fed)

        async def was_tried() -> bool:
            told = (await handle.describe()).raw_description
            return any(one.attempt > 1 for one in told.pending_activities)

        await eventually(was_tried)
        publish(THREE)

        assert (await handle.result()).added == 3

"""The time-skipping server of the wheel, and a worker with the real activities."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.positions import Position
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal import search_attributes as attributes
from tests.workflows.running_worker import running_worker


@pytest_asyncio.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """Start the server on which months pass in an instant: each test its own time."""
    async with time_skipping() as environment:
        yield environment


@asynccontextmanager
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """Run such a server for as long as the block lasts; it begins today."""
    server = Path(sys.executable).with_name("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(server), data_converter=pydantic_data_converter
    ) as environment:
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=environment.client.namespace,
                search_attributes={
                    key.name: IndexedValueType.ValueType(key.indexed_value_type)
                    for key in attributes.ALL
                },
            )
        )
        yield environment


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Name a store and a task queue that no other test uses."""
    settings = Settings(store=f"file:{tmp_path / 'store'}", task_queue=str(uuid4()))
    store = open_store(settings)
    store.prepare()
    CatalogueWriter(store).put(
        Position(reference="20240107-123456-7890", title="Letter carrier")
    )
    return settings


@pytest.fixture
def applications(settings: Settings) -> StoredApplications:
    """Give the store as the API and the activities see it."""
    return StoredApplications(open_store(settings))


@pytest_asyncio.fixture
async def working(
    skipping: WorkflowEnvironment, settings: Settings
) -> AsyncIterator[WorkflowEnvironment]:
    """Run the worker as it is in production."""
    async with running_worker(skipping.client, settings):
        yield skipping

"""Letterbox and SEEK on a real Temporal, and on one where weeks pass at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import Desk
from tests.workflows.conftest import time_skipping


@pytest_asyncio.fixture
async def desk(tmp_path: Path, temporal_client: Client) -> AsyncIterator[Desk]:
    """Open on a real Temporal, and work."""
    async with open_desk(tmp_path, temporal_client) as desk, desk.working():
        yield desk


@pytest_asyncio.fixture
async def reception(tmp_path: Path, temporal_client: Client) -> AsyncIterator[Desk]:
    """Open without a worker: what is taken in stays as it came."""
    async with open_desk(tmp_path, temporal_client) as desk:
        yield desk


@pytest_asyncio.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """Start a server on which weeks pass in an instant; it begins today."""
    async with time_skipping() as environment:
        yield environment


@pytest_asyncio.fixture
async def quick(tmp_path: Path, skipping: WorkflowEnvironment) -> AsyncIterator[Desk]:
    """Open on it, and work."""
    async with open_desk(tmp_path, skipping.client) as desk, desk.working():
        yield desk

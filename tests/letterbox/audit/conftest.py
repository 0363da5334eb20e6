"""An installation that tests damage before they audit it."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client

from letterbox.settings import Settings
from tests.audit_fixture import AuditFixture


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    return Settings(
        store=f"file:{tmp_path / 'store'}",
        task_queue=str(uuid4()),
        digest_key=("a key for tests",),
    )


@pytest_asyncio.fixture(name="system")
async def _system(
    settings: Settings, temporal_client: Client
) -> AsyncIterator[AuditFixture]:
    """Make an empty system, whose workflows end with the test."""
    system = AuditFixture(settings, temporal_client)
    yield system
    await system.clear()

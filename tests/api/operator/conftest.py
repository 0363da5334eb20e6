"""One office for all tests of the operator API."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.api.operator.operator_server import Office, office


@pytest_asyncio.fixture(name="at", scope="session", loop_scope="session")
async def _at(
    tmp_path_factory: pytest.TempPathFactory,
    temporal_client: Client,
    temporal_address: str,
) -> AsyncIterator[Office]:
    """Run the API and a worker; tests leave each other's applications alone."""
    folder = tmp_path_factory.mktemp("office")
    async with office(folder, temporal_client, temporal_address) as opened:
        yield opened

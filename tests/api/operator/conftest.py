"""One server for all tests of the operator API."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.api.operator.operator_server import OperatorServer, open_operator_server


@pytest_asyncio.fixture(name="server", scope="session", loop_scope="session")
async def _server(
    tmp_path_factory: pytest.TempPathFactory,
    temporal_client: Client,
    temporal_address: str,
) -> AsyncIterator[OperatorServer]:
    """Run the API and a worker; tests leave each other's applications alone."""
    folder = tmp_path_factory.mktemp("operator")
    async with open_operator_server(
        folder, temporal_client, temporal_address
    ) as opened:
        yield opened

"""One server for all tests of the desk, and somebody who has signed in."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.positions import Position
from tests.api.desk.crowded import Crowded, crowded_desk
from tests.api.desk.signed_in import Desk, signed_in
from tests.api.desk.signing_in_there import TARA, SingleSignOn, Visitor, running_desk
from tests.api.operator.operator_server import OperatorServer, open_operator_server

INDEED_SECRET = "a secret of Indeed's"


@pytest_asyncio.fixture(name="server", scope="session", loop_scope="session")
async def _server(
    tmp_path_factory: pytest.TempPathFactory,
    temporal_client: Client,
    temporal_address: str,
) -> AsyncIterator[OperatorServer]:
    """Run the API and a worker; tests leave each other's applications alone."""
    folder = tmp_path_factory.mktemp("desk")
    async with open_operator_server(
        folder,
        temporal_client,
        temporal_address,
        indeed_secrets=INDEED_SECRET,
        temporal_ui="http://127.0.0.1:8233",
    ) as opened:
        catalogue = CatalogueWriter(opened.store)
        catalogue.put(Position(reference="DEV-17", title="Developer", hirer="acme"))
        catalogue.put(Position(reference="DRIVER-1", title="Rural delivery driver"))
        yield opened


@pytest_asyncio.fixture(name="desk", scope="session", loop_scope="session")
async def _desk(server: OperatorServer) -> AsyncIterator[Desk]:
    """Sign in as the operator who has no name."""
    async with signed_in(server) as desk:
        yield desk


@pytest_asyncio.fixture(name="crowd", scope="session", loop_scope="session")
async def _crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowded]:
    """Have a hundred thousand applications: half a minute of work."""
    async with crowded_desk(tmp_path_factory.mktemp("crowded")) as crowd:
        yield crowd


@pytest_asyncio.fixture(name="stranger", loop_scope="session")
async def _stranger(server: OperatorServer) -> AsyncIterator[httpx.AsyncClient]:
    """Have a browser that has not signed in."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        yield http


@pytest_asyncio.fixture(name="sso", scope="session", loop_scope="session")
async def _sso(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SingleSignOn]:
    """Run a desk and an identity provider."""
    async with running_desk(tmp_path_factory.mktemp("sso")) as sso:
        yield sso


@pytest_asyncio.fixture(name="visitor", loop_scope="session")
async def _visitor(sso: SingleSignOn) -> AsyncIterator[Visitor]:
    """Have a browser of Tara's, and a provider that is as it should be."""
    sso.provider.reset(TARA)
    async with sso.visitor() as visitor:
        yield visitor

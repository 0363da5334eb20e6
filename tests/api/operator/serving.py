"""The API on real HTTP, served from the process of the tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from api.app import create_app
from letterbox.settings import Settings
from tests.support import eventually

TOKEN = "a token of the operator's"


@asynccontextmanager
async def served(settings: Settings, address: str) -> AsyncIterator[None]:
    """Serve the API from this process; ``address`` is Temporal's."""
    config = uvicorn.Config(
        create_app(settings),
        port=settings.api_port,
        access_log=False,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEMPORAL_ADDRESS", address)
        serving = asyncio.create_task(server.serve())

        async def is_up() -> bool:
            return server.started or serving.done()

        await eventually(is_up)
    try:
        yield
    finally:
        server.should_exit = True
        await serving

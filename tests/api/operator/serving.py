"""The API on real HTTP, served from the process of the tests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from api.app import create_app
from letterbox.settings import Settings
from tests.app_server import serving

TOKEN = "a token of the operator's"


@asynccontextmanager
async def served(settings: Settings, address: str) -> AsyncIterator[None]:
    """Serve the API from this process; ``address`` is Temporal's."""
    app = create_app(settings)
    async with AsyncExitStack() as stack:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("TEMPORAL_ADDRESS", address)
            await stack.enter_async_context(
                serving(app, settings.api_port, lifespan="on", drain_seconds=5)
            )
        yield

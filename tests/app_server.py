"""Applications that are served from the process of the tests, on real HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import uvicorn
from starlette.applications import Starlette

from tests.support import eventually


@asynccontextmanager
async def serving(
    app: Starlette,
    port: int = 0,
    *,
    lifespan: Literal["on", "off"] = "off",
    drain_seconds: int = 1,
) -> AsyncIterator[str]:
    """
    Serve an application for as long as the block lasts, and yield its address.

    On a port of its own, unless one is named.
    """
    # By its protocol asyncio knows that it may send at once: else 40 ms an answer.
    with socket.socket(proto=socket.IPPROTO_TCP) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        config = uvicorn.Config(
            app,
            access_log=False,
            lifespan=lifespan,
            log_config=None,
            timeout_graceful_shutdown=drain_seconds,
            ws="none",
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([taken]))

        async def is_decided() -> bool:
            return server.started or running.done()

        try:
            await eventually(is_decided)
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running

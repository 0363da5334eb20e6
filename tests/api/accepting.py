"""Accepts applications by the API, in this process, with nothing behind it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from api.app import create_app
from letterbox.settings import load_settings
from tests.end_to_end.processes.posted import PostedApplication


async def start_nothing(_application_id: str, request_id: str | None = None) -> None:
    """Start nothing."""


@asynccontextmanager
async def accepting() -> AsyncIterator[httpx.AsyncClient]:
    """Serve what the environment says; the first answer has opened what it needs."""
    app = create_app(load_settings(), start=start_nothing)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://here") as client,
    ):
        await accept(client, 100)
        yield client


async def accept(client: httpx.AsyncClient, size: int) -> None:
    """Have one accepted, with a CV of that size."""
    one = PostedApplication(cv=b"%PDF-" + bytes(size))
    files = {"cv": ("cv.pdf", one.cv or b"", "application/pdf")}
    answer = await client.post("/apply/careerjet", data=one.fields(), files=files)
    assert answer.json() == {"status": "application accepted"}


async def _main(number: int, size: int) -> None:
    async with accepting() as client:
        for _ in range(number):
            await accept(client, size)


if __name__ == "__main__":
    asyncio.run(_main(*map(int, sys.argv[1:])))
    # As the command ends: the SDK may wait for ever for a thread of its own.
    os._exit(0)

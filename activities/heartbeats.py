"""Heartbeats, so that a killed worker is noticed within seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

_EVERY = 5.0


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Tell Temporal that the activity is alive, for as long as the block lasts."""
    task = asyncio.create_task(_beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(_EVERY)

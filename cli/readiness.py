"""When all that ``letterbox up`` has started is ready."""

import asyncio
from datetime import timedelta

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

import temporal
from cli.development import plays_seek
from domain.errors import RefusedError
from settings import Settings

_LOOK_EVERY = 0.05


async def wait_until_ready(settings: Settings, within: timedelta) -> None:
    """
    Wait until an application would go all the way.

    RefusedError names what is still not ready in the end.
    """
    unready: str | None = "the API"
    seconds = within.total_seconds()
    try:
        async with asyncio.timeout(seconds), httpx.AsyncClient() as http:
            # Other processes set no event that could be waited for.
            while unready := await _unready(http, settings):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError:
        raise RefusedError(
            f"{unready} is not ready after {seconds:g} s: see above, or {settings.data}"
        ) from None


async def _unready(http: httpx.AsyncClient, settings: Settings) -> str | None:
    if not await _answers(
        http, f"http://{settings.api_host}:{settings.api_port}/readyz"
    ):
        return "the API"
    sandbox = f"http://127.0.0.1:{settings.sandbox_port}/sandbox/calls"
    if plays_seek(settings) and not await _answers(http, sandbox):
        return "the sandbox"
    return None if await _works(settings) else "the worker"


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).is_success
    except httpx.TransportError:
        return False


async def _works(settings: Settings) -> bool:
    """Ask the embedded server, wherever the settings say that Temporal is."""
    try:
        client = await Client.connect(f"127.0.0.1:{settings.temporal_port}")
        return await temporal.count_pollers(client, settings.task_queue) > 0
    except (RuntimeError, RPCError):
        return False

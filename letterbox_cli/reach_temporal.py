"""Connects a command to Temporal, and does not leave whoever typed it in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

import typer

from letterbox.domain.errors import TemporalUnavailableError

if TYPE_CHECKING:
    from temporalio.client import Client

    from letterbox.settings import Settings

_SILENCE = 2.0
_TIMEOUT = 10.0

Result = TypeVar("Result")


async def reach_temporal(settings: Settings, timeout: float = _TIMEOUT) -> Client:  # noqa: ASYNC109 for tests
    """
    Connect; nothing was changed yet where that fails.

    Raises TemporalUnavailableError, which names the `letterbox up` that runs here.
    """
    from letterbox.temporal.client import connect

    try:
        async with asyncio.timeout(timeout):
            return await announced_wait(connect(settings))
    except TimeoutError:
        message = f"nothing was changed: Temporal has not answered within {timeout:g} s"
        raise TemporalUnavailableError(_advised(message, settings)) from None
    except TemporalUnavailableError as error:
        raise TemporalUnavailableError(_advised(str(error), settings)) from None


async def announced_wait(work: Awaitable[Result], silence: float = _SILENCE) -> Result:
    """Print on standard error what is waited for, once it takes a while."""
    loop = asyncio.get_running_loop()
    notice = loop.call_later(
        silence, lambda: typer.echo("waiting for Temporal…", err=True)
    )
    try:
        return await work
    finally:
        notice.cancel()


def _advised(message: str, settings: Settings) -> str:
    """Add what to look at where Temporal is a part of a running `letterbox up`."""
    from letterbox_cli.up.state import TEMPORAL_LOG, differing_temporal, running_up

    if not (running := running_up(settings.data)):
        return message
    message = message.partition(": set ")[0]
    port = running.ports["LETTERBOX_TEMPORAL_PORT"]
    if names := differing_temporal(port):
        return (
            f"{message} ({', '.join(names)}): `letterbox up`, process {running.pid}, "
            f"has its Temporal at 127.0.0.1:{port}"
        )
    part = running.parts.get("temporal")
    return (
        f"{message}, though `letterbox up` runs as process "
        f"{running.pid}, and its Temporal as process {part}: see "
        f"{settings.data / TEMPORAL_LOG}, or restart `letterbox up`"
    )

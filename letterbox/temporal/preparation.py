"""Waits for Temporal, and sets up what applications need of it: again if it is lost."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from letterbox.domain.errors import TemporalUnavailableError
from letterbox.settings import Settings
from letterbox.temporal import namespace, schedules
from letterbox.temporal.client import connect
from letterbox.temporal.outage import Outage

# Of a server or a namespace that is about to be there.
_PASSING = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,  # How the SDK tells of a timeout of its own.
    RPCStatusCode.NOT_FOUND,
}
# A worker's credentials need not allow it.
_DENIED = {RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED}
_FIRST_PAUSE, _MAX_PAUSE = timedelta(seconds=0.1), timedelta(seconds=1)

log = structlog.get_logger()


async def wait_for_temporal(
    settings: Settings, runtime: Runtime, stop: asyncio.Event
) -> Client | None:
    """Wait for Temporal to come up: workers and servers start in any order."""
    pause, outage = _FIRST_PAUSE, Outage()
    while not stop.is_set():
        try:
            client = await connect(settings, runtime=runtime)
            await prepare(client, settings)
        except TemporalUnavailableError as error:
            outage.note(str(error))
        except RPCError as error:
            if error.status not in _PASSING:
                raise
            reason = f"namespace {client.namespace}: {error.status.name}"
            if error.status is RPCStatusCode.NOT_FOUND:
                reason = namespace.missing(client.namespace)
            outage.note(reason)
        else:
            outage.end()
            return client
        await _is_set(stop, pause)
        pause = min(2 * pause, _MAX_PAUSE)
    return None


async def stay_prepared(
    client: Client, settings: Settings, stop: asyncio.Event, every: timedelta
) -> None:
    """
    Look until told to stop, and prepare a Temporal again that has lost everything.

    It may be replaced by an empty one under workers that go on. Without the sweep's
    schedule nothing that waits would be started, whoever has accepted it.
    """
    outage = Outage()
    while not await _is_set(stop, every):
        try:
            if await schedules.lacks_sweep(client, settings):
                log.error("the schedules are gone: they are made anew")
                await prepare(client, settings)
        except RPCError as error:
            # Temporal is away, or does not let us look: the next look may tell more.
            if error.status not in _DENIED:
                outage.note(f"Temporal answers {error.status.name}")
        else:
            outage.end()


async def _is_set(stop: asyncio.Event, within: timedelta) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), within.total_seconds())
    return stop.is_set()


async def _log_missing(client: Client, _: Settings) -> None:
    if missing := await namespace.missing_search_attributes(client):
        log.error("search attributes missing: run `letterbox init`", missing=missing)


Preparation = Callable[[Client, Settings], Awaitable[object]]
_PREPARATIONS: Mapping[str, Preparation] = {
    "search attributes": _log_missing,
    "schedules": schedules.make_schedules,
}


async def prepare(
    client: Client,
    settings: Settings,
    preparations: Mapping[str, Preparation] = _PREPARATIONS,
) -> None:
    """Make the schedules and log what else is missing, as far as we may."""
    denied: list[str] = []
    for name, step in preparations.items():
        try:
            await step(client, settings)
        except RPCError as error:
            if error.status not in _DENIED:
                raise
            denied.append(name)
    if denied:
        message = "no permission to set up: run `letterbox init` with one that has it"
        log.error(message, namespace=client.namespace, denied=denied)

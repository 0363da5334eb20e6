"""One worker process: takes applications from the task queue and looks after them."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from letterbox.domain.errors import TemporalUnavailableError
from letterbox.logs import set_up_logs
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal import namespace, schedules
from letterbox.temporal.client import connect, telemetry
from worker_parts import open_worker

# Of a server or a namespace that is about to be there.
_PASSING = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,  # How the SDK tells of a timeout of its own.
    RPCStatusCode.NOT_FOUND,
}
# A worker's credentials need not allow it.
_DENIED = {RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED}
_LOOK_EVERY = timedelta(seconds=30)
_FIRST_PAUSE, _MAX_PAUSE = timedelta(seconds=0.1), timedelta(seconds=1)

log = structlog.get_logger()


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then drain."""
    set_up_logs("worker")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(open_store(settings).check)
    runtime = Runtime(telemetry=telemetry(settings.worker_metrics))
    client = await _wait_for_temporal(settings, runtime, stop)
    if client is None:
        return
    with ThreadPoolExecutor(2 * settings.worker_concurrency, "activity") as pool:
        # What async activities hand to a thread must not share six of them.
        asyncio.get_running_loop().set_default_executor(pool)
        async with (
            AsyncExitStack() as opened,
            await open_worker(client, settings, pool, opened),
        ):
            log.info("worker ready", task_queue=settings.task_queue)
            await stay_prepared(client, settings, stop, _LOOK_EVERY)
            log.info("worker draining")
    log.info("worker stopped")


async def _wait_for_temporal(
    settings: Settings, runtime: Runtime, stop: asyncio.Event
) -> Client | None:
    """Wait for Temporal to come up: workers and servers start in any order."""
    pause = _FIRST_PAUSE
    while not stop.is_set():
        try:
            client = await connect(settings, runtime=runtime)
            await prepare(client, settings)
        except TemporalUnavailableError as error:
            log.warning("waiting for Temporal", reason=str(error))
        except RPCError as error:
            if error.status not in _PASSING:
                raise
            reason = f"namespace {client.namespace}: {error.status.name}"
            log.warning("waiting for Temporal", reason=reason)
        else:
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
    while not await _is_set(stop, every):
        try:
            if await schedules.lacks_sweep(client, settings):
                log.error("the schedules are gone: they are made anew")
                await prepare(client, settings)
        except RPCError as error:
            # Temporal is away, or does not let us look: the next look may tell more.
            log.debug("the schedules cannot be seen", status=error.status.name)


async def _is_set(stop: asyncio.Event, within: timedelta) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), within.total_seconds())
    return stop.is_set()


async def prepare(client: Client, settings: Settings) -> None:
    """Make the schedules and tell what else is missing, as far as we may."""
    denied: list[str] = []
    for what, step in (
        ("search attributes", _tell_missing),
        ("schedules", schedules.make_schedules),
    ):
        try:
            await step(client, settings)
        except RPCError as error:
            if error.status not in _DENIED:
                raise
            denied.append(what)
    if denied:
        words = "not allowed to prepare: run `letterbox init` as somebody who is"
        log.error(words, namespace=client.namespace, denied=denied)


async def _tell_missing(client: Client, _: Settings) -> None:
    if missing := await namespace.missing_search_attributes(client):
        log.error("search attributes missing: run `letterbox init`", missing=missing)


if __name__ == "__main__":
    from letterbox_cli.main import main

    main(["worker"])

"""One worker process: takes applications from the task queue and looks after them."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from importlib.metadata import version
from types import TracebackType
from typing import NoReturn, Self

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import (
    PollerBehaviorSimpleMaximum,
    Worker,
    WorkerDeploymentConfig,
)
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.failures import Failures
from activities.threads import Heartbeats
from activities.wiring import Activities, make_activities
from letterbox.domain.errors import LetterboxError, TemporalUnavailableError
from letterbox.logs import set_up_logs
from letterbox.resources import open_fetchers, open_receiver, open_store
from letterbox.settings import Settings, load_settings
from letterbox.temporal import namespace, schedules
from letterbox.temporal.client import connect, telemetry
from letterbox.temporal.sandbox_runner import QuickSandboxRunner
from letterbox.temporal.task_queues import ATS, FEEDS, SCANNER, beside
from workflows.application import Application
from workflows.scheduled import (
    ArchiveKeep,
    ArchiveWatch,
    Audit,
    InboxSweep,
    PositionImport,
    SeekReconcile,
)

WORKFLOWS: Sequence[type] = (
    Application,
    ArchiveKeep,
    Audit,
    ArchiveWatch,
    InboxSweep,
    PositionImport,
    SeekReconcile,
)
# A worker told to stop finishes what it holds; a killed one costs a timeout.
_DRAIN = timedelta(seconds=20)
_BUILD = f"letterbox-{version('letterbox')}"
PASSED_THROUGH: Sequence[str] = ("activities", "letterbox", "workflows")
"""
What the sandbox does not import anew for each run: for a sixth of the worker's time.

A workflow's own module is among them, so that its careless calls are caught in the
tests only, which keep it out and replay every life in the whole sandbox.
"""


class Workers:
    """One for the main task queue, and one for each that has slots of its own."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers

    async def __aenter__(self) -> Self:
        for worker in self._workers:
            await worker.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # All at once: each may have to wait for what it holds.
        ended = (worker.__aexit__(kind, error, trace) for worker in self._workers)
        await asyncio.gather(*ended)


async def open_worker(
    client: Client, settings: Settings, pool: ThreadPoolExecutor, opened: AsyncExitStack
) -> Workers:
    """Put a worker together; ``opened`` closes what it needs, ``pool`` blocks."""
    fetchers = await opened.enter_async_context(open_fetchers(settings))
    receiver = await opened.enter_async_context(open_receiver(settings))
    made = make_activities(client, settings, fetchers, receiver)
    pollers = PollerBehaviorSimpleMaximum(settings.worker_pollers)
    main = Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=made.all,
        activity_executor=pool,
        # With the default of 100, a backlog has each task wait for the others until
        # the server takes it for lost (10 s) and gives it out again.
        max_concurrent_workflow_tasks=settings.worker_concurrency,
        max_concurrent_activities=settings.worker_concurrency,
        max_concurrent_local_activities=settings.worker_concurrency,
        workflow_task_poller_behavior=pollers,
        activity_task_poller_behavior=pollers,
        # All workers together: a backlog must not become a flood at the boards.
        max_task_queue_activities_per_second=settings.board_calls_per_second,
        interceptors=[Failures(), Heartbeats()],
        workflow_runner=QuickSandboxRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                *PASSED_THROUGH
            )
        ),
        deployment_config=_deployment(settings),
        # By default the SDK reads and hashes all code: half a second of a start.
        build_id=None if settings.deployment_name else _BUILD,
        graceful_shutdown_timeout=_DRAIN,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
    )
    apart = ((ATS, made.ats), (SCANNER, made.scanner), (FEEDS, made.feeds))
    return Workers(
        [
            main,
            *(
                _worker_beside(client, settings, pool, name, activities)
                for name, activities in apart
                if activities
            ),
        ]
    )


def _worker_beside(
    client: Client,
    settings: Settings,
    pool: ThreadPoolExecutor,
    name: str,
    activities: Activities,
) -> Worker:
    """Serve what may hang with slots of its own: nothing else waits for it."""
    return Worker(
        client,
        task_queue=beside(settings.task_queue, name),
        activities=activities,
        activity_executor=pool,
        max_concurrent_activities=1 if name == FEEDS else settings.worker_concurrency,
        activity_task_poller_behavior=PollerBehaviorSimpleMaximum(2),
        interceptors=[Failures(), Heartbeats()],
        deployment_config=_deployment(settings),
        build_id=None if settings.deployment_name else _BUILD,
        graceful_shutdown_timeout=_DRAIN,
    )


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    """Have old and new workers run side by side, where the settings name builds."""
    if not settings.deployment_name:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(settings.deployment_name, settings.build_id),
        use_worker_versioning=True,
        # An application sleeps for 180 days: no build is kept alive for that long.
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


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


def main() -> NoReturn:
    """Run one worker as ``letterbox worker`` does, and end with its exit code."""
    code = 0
    try:
        asyncio.run(run_worker(load_settings()))
    except LetterboxError as error:
        sys.stderr.write(f"error: {error}\n")
        code = 1
    sys.stderr.flush()
    # Not by the interpreter's own exit: see letterbox_cli.main.
    os._exit(code)


if __name__ == "__main__":
    main()

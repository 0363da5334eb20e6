"""One worker process: takes applications from the task queue and looks after them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import NoReturn

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import (
    Interceptor,
    PollerBehaviorSimpleMaximum,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkerDeploymentConfig,
    WorkflowRunner,
)

from activities.failures import Failures
from activities.inspection import Recognise
from activities.threads import Heartbeats
from activities.wiring import Activities, make_activities
from letterbox.ats.presence import AtsMark, keep_renewed
from letterbox.domain.documents import recognise
from letterbox.domain.errors import (
    LetterboxError,
    StoreUnavailableError,
    TemporalUnavailableError,
)
from letterbox.logs import set_up_logs
from letterbox.resources import (
    open_fetchers,
    open_receiver,
    open_status_senders,
    open_store,
)
from letterbox.settings import Settings, load_settings
from letterbox.settings.unread import warn_of_unread_settings
from letterbox.store_trouble import trouble
from letterbox.temporal import namespace, schedules
from letterbox.temporal.client import connect, telemetry
from letterbox.temporal.outage import Outage
from letterbox.temporal.task_queues import FEEDS, STATUSES, beside
from workflows.application import ApplicationWorkflow
from workflows.board_news import HirerBackfill, PostingLookup
from workflows.scheduled import SCHEDULED

WORKFLOWS: Sequence[type] = (
    ApplicationWorkflow,
    HirerBackfill,
    PostingLookup,
    *SCHEDULED,
)
# A worker told to stop finishes what it holds; a killed one costs a timeout.
DRAIN = timedelta(seconds=20)
_BUILD = f"letterbox-{version('letterbox')}"
_RUNNER = UnsandboxedWorkflowRunner()
"""The tests run workflows in the SDK's sandbox: it costs a tenth of a worker's time."""


@asynccontextmanager
async def open_worker(  # noqa: PLR0913 the last four are for tests
    client: Client,
    settings: Settings,
    pool: ThreadPoolExecutor,
    *,
    runner: WorkflowRunner = _RUNNER,
    interceptors: Sequence[Interceptor] = (),
    recognise: Recognise = recognise,
    drain: timedelta = DRAIN,
) -> AsyncIterator[None]:
    """
    Run a worker for as long as the block lasts; its steps block in ``pool``.

    ``interceptors`` stand between the step and the translation of its errors.
    """
    make = partial(
        Worker,
        client,
        activity_executor=pool,
        interceptors=[Failures(settings.store_name), Heartbeats(), *interceptors],
        deployment_config=_deployment(settings),
        # By default the SDK reads and hashes all code: half a second of a start.
        build_id=None if settings.deployment_name else _BUILD,
        graceful_shutdown_timeout=drain,
    )
    async with (
        open_fetchers(settings) as fetchers,
        open_status_senders(settings) as senders,
        open_receiver(settings) as receiver,
    ):
        made = make_activities(client, settings, fetchers, senders, receiver, recognise)
        workers = [
            _main_worker(make, settings, made.all, runner),
            *(
                _worker_beside(make, settings, name, activities)
                for name, activities in made.beside.items()
                if activities
            ),
        ]
        for worker in workers:
            await worker.__aenter__()
        mark = AtsMark(open_store(settings))
        noting = asyncio.create_task(keep_renewed(mark)) if receiver else None
        try:
            yield
        finally:
            if noting:
                noting.cancel()
            # All at once: each may have to wait for what it holds.
            error = sys.exc_info()
            await asyncio.gather(*(worker.__aexit__(*error) for worker in workers))


def _main_worker(
    make: Callable[..., Worker],
    settings: Settings,
    activities: Activities,
    runner: WorkflowRunner,
) -> Worker:
    pollers = PollerBehaviorSimpleMaximum(settings.worker_pollers)
    return make(
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=activities,
        # With the default of 100, a backlog has each task wait for the others until
        # the server takes it for lost (10 s) and gives it out again.
        max_concurrent_workflow_tasks=settings.worker_concurrency,
        max_concurrent_activities=settings.worker_concurrency,
        max_concurrent_local_activities=settings.worker_concurrency,
        workflow_task_poller_behavior=pollers,
        activity_task_poller_behavior=pollers,
        # All workers together: a backlog must not become a flood at the boards.
        max_task_queue_activities_per_second=settings.board_calls_per_second,
        workflow_runner=runner,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
    )


def _worker_beside(
    make: Callable[..., Worker], settings: Settings, name: str, activities: Activities
) -> Worker:
    """Serve what may hang with slots of its own: nothing else waits for it."""
    return make(
        task_queue=beside(settings.task_queue, name),
        activities=activities,
        max_concurrent_activities=1 if name == FEEDS else settings.worker_concurrency,
        activity_task_poller_behavior=PollerBehaviorSimpleMaximum(2),
        max_task_queue_activities_per_second=(
            settings.board_calls_per_second if name == STATUSES else None
        ),
    )


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    """Return how old and new workers run side by side, where settings name builds."""
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
_LOOK_EVERY = timedelta(seconds=10)
_FIRST_PAUSE, _MAX_PAUSE = timedelta(seconds=0.1), timedelta(seconds=1)

log = structlog.get_logger()


async def run_worker(settings: Settings, recognise: Recognise = recognise) -> None:
    """Work until SIGTERM or SIGINT, then drain."""
    set_up_logs("worker", settings.log_level)
    warn_of_unread_settings()
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
        async with open_worker(client, settings, pool, recognise=recognise):
            log.info("worker ready", task_queue=settings.task_queue)
            await stay_prepared(client, settings, stop, _LOOK_EVERY)
            log.info("worker draining")
    log.info("worker stopped")


async def _wait_for_temporal(
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


def main() -> NoReturn:
    """Run one worker as ``letterbox worker`` does, and end with its exit code."""
    code = 0
    try:
        asyncio.run(run_worker(load_settings()))
    except StoreUnavailableError as error:
        sys.stderr.write(f"error: {trouble(load_settings(), error)}\n")
        code = 1
    except LetterboxError as error:
        sys.stderr.write(f"error: {error}\n")
        code = 1
    sys.stderr.flush()
    # Not by the interpreter's own exit: see letterbox_cli.main.
    os._exit(code)


if __name__ == "__main__":
    main()

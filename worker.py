"""One worker process: takes applications from the task queue and looks after them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import NoReturn

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime
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
from letterbox.domain.errors import LetterboxError, StoreUnavailableError
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
from letterbox.temporal.client import telemetry
from letterbox.temporal.preparation import stay_prepared, wait_for_temporal
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
_LOOK_EVERY = timedelta(seconds=10)
_BUILD = f"letterbox-{version('letterbox')}"
_RUNNER = UnsandboxedWorkflowRunner()
"""The tests run workflows in the SDK's sandbox: it costs a tenth of a worker's time."""

log = structlog.get_logger()


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


async def run_worker(settings: Settings, recognise: Recognise = recognise) -> None:
    """Work until SIGTERM or SIGINT, then drain."""
    set_up_logs("worker", settings.log_level)
    warn_of_unread_settings()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(open_store(settings).check)
    runtime = Runtime(telemetry=telemetry(settings.worker_metrics))
    client = await wait_for_temporal(settings, runtime, stop)
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

"""One worker process: takes applications from the task queue and looks after them."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import structlog
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
)

import temporal
from activities.applications import ApplicationActivities
from activities.failures import Failures
from activities.inbox import InboxActivities
from boards import discover
from domain.errors import TemporalUnavailableError
from gateways.applications import StoredApplications
from gateways.catalogue import StoredCatalogue
from logs import set_up_logs
from resources import open_store
from settings import Settings
from workflows.application import Application
from workflows.inbox_sweep import InboxSweep

_CONCURRENT = 16
_BETWEEN_TRIES = timedelta(seconds=1)

log = structlog.get_logger()


def build_worker(
    client: Client, settings: Settings, pool: ThreadPoolExecutor
) -> Worker:
    """Put a worker together from the settings; ``pool`` runs its blocking steps."""
    store = open_store(settings)
    applications = ApplicationActivities(
        applications=StoredApplications(store),
        catalogue=StoredCatalogue(store),
        boards=discover(),
        retention=settings.retention,
        margin=settings.archive_margin,
    )
    inbox = InboxActivities(
        store=store,
        start=partial(temporal.start_application, client, settings.task_queue),
    )
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[Application, InboxSweep],
        activities=[
            applications.collect,
            applications.store_documents,
            applications.match_position,
            applications.record,
            inbox.sweep,
        ],
        activity_executor=pool,
        max_concurrent_activities=_CONCURRENT,
        max_concurrent_local_activities=_CONCURRENT,
        interceptors=[Failures()],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                "activities", "boards", "domain"
            )
        ),
        # A worker told to stop finishes what it holds; a killed one costs a timeout.
        graceful_shutdown_timeout=timedelta(seconds=20),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
    )


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then drain."""
    set_up_logs("worker")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(open_store(settings).check)
    client = await _patiently(settings, _runtime(settings), stop)
    if client is None:
        return
    if missing := await temporal.missing_search_attributes(client):
        log.error("search attributes missing: run `letterbox init`", missing=missing)
    await temporal.make_schedules(client, settings)
    with ThreadPoolExecutor(2 * _CONCURRENT, "activity") as pool:
        async with build_worker(client, settings, pool):
            log.info("worker ready", task_queue=settings.task_queue)
            await stop.wait()
            log.info("worker draining")
    log.info("worker stopped")


async def _patiently(
    settings: Settings, runtime: Runtime | None, stop: asyncio.Event
) -> Client | None:
    """Wait for Temporal to come up: workers and servers start in any order."""
    while not stop.is_set():
        try:
            return await temporal.connect(settings, runtime=runtime)
        except TemporalUnavailableError as error:
            log.warning("waiting for Temporal", reason=str(error))
        with_timeout = asyncio.wait_for(stop.wait(), _BETWEEN_TRIES.total_seconds())
        await asyncio.gather(with_timeout, return_exceptions=True)
    return None


def _runtime(settings: Settings) -> Runtime | None:
    if not settings.worker_metrics:
        return None
    metrics = PrometheusConfig(bind_address=settings.worker_metrics)
    return Runtime(telemetry=TelemetryConfig(metrics=metrics))


if __name__ == "__main__":
    from cli.main import main

    main(["worker"])

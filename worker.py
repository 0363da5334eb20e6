"""One worker process: takes applications from the task queue and looks after them."""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
)

import temporal
from activities.applications import ApplicationActivities
from activities.failures import Failures
from activities.fetching import FetchActivities
from activities.inbox import InboxActivities
from activities.reconciling import ReconcileActivities
from activities.recording import Recorder
from activities.seek import SeekFetcher
from boards import discover
from boards.base import PostingClosed
from domain.errors import TemporalUnavailableError
from gateways.applications import StoredApplications
from gateways.catalogue import StoredCatalogue
from gateways.closings import Closings
from gateways.seek import Seek
from logs import set_up_logs, telemetry
from resources import open_seek_of, open_store, seek_events
from settings import Settings
from workflows.application import Application
from workflows.inbox_sweep import InboxSweep
from workflows.seek_reconcile import SeekReconcile

_CONCURRENT = 16
_BOARD_CALLS_A_SECOND = 50
_BETWEEN_TRIES = timedelta(seconds=1)

log = structlog.get_logger()


def build_worker(
    client: Client, settings: Settings, pool: ThreadPoolExecutor, seek: Seek
) -> Worker:
    """Put a worker together from the settings; ``pool`` runs its blocking steps."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[Application, InboxSweep, SeekReconcile],
        activities=_activities(client, settings, seek),
        activity_executor=pool,
        # With the default of 100, a backlog has each task wait for the others until
        # the server takes it for lost (10 s) and gives it out again.
        max_concurrent_workflow_tasks=_CONCURRENT,
        max_concurrent_activities=_CONCURRENT,
        max_concurrent_local_activities=_CONCURRENT,
        # All workers together: a backlog must not become a flood at the boards.
        max_task_queue_activities_per_second=_BOARD_CALLS_A_SECOND,
        interceptors=[Failures()],
        workflow_runner=SandboxedWorkflowRunner(
            # The sandbox imports all else anew for each workflow.
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                "activities",
                "boards",
                "domain",
                "workflows.options",
                "workflows.search_attributes",
            )
        ),
        # A worker told to stop finishes what it holds; a killed one costs a timeout.
        graceful_shutdown_timeout=timedelta(seconds=20),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
    )


def _activities(
    client: Client, settings: Settings, seek: Seek
) -> list[Callable[..., Any]]:
    store = open_store(settings)
    stored = StoredApplications(store)
    boards = discover()
    start = partial(temporal.start_application, client, settings.task_queue)
    applications = ApplicationActivities(
        applications=stored,
        catalogue=StoredCatalogue(store),
        boards=boards,
        recorder=Recorder(retention=settings.retention, margin=settings.archive_margin),
        discard_unmatched=settings.seek_unmatched == "discard",
    )
    fetching = FetchActivities(
        applications=stored,
        boards=boards,
        fetchers={"seek": SeekFetcher(seek.graph, seek.attachments)},
    )
    reconciling = ReconcileActivities(
        graph=seek.graph,
        query=seek_events(settings),
        applications=stored,
        start=start,
        close=partial(_close, client, Closings(store)),
    )
    return [
        applications.collect,
        applications.store_documents,
        applications.match_position,
        applications.record,
        applications.note_closing,
        fetching.fetch_application,
        fetching.fetch_documents,
        reconciling.poll_events,
        InboxActivities(store=store, start=start).sweep,
    ]


async def _close(client: Client, closings: Closings, closing: PostingClosed) -> None:
    """Close the position, and tell its open applications."""
    await asyncio.to_thread(closings.close, closing.posting, closing.closed_at)
    await temporal.signal_closed(client, closing.posting, closing.closed_at)


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then drain."""
    set_up_logs("worker")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(open_store(settings).check)
    runtime = Runtime(telemetry=telemetry(settings.worker_metrics))
    client = await _patiently(settings, runtime, stop)
    if client is None:
        return
    if missing := await temporal.missing_search_attributes(client):
        log.error("search attributes missing: run `letterbox init`", missing=missing)
    await temporal.make_schedules(client, settings)
    with ThreadPoolExecutor(2 * _CONCURRENT, "activity") as pool:
        # What async activities hand to a thread must not share six of them.
        asyncio.get_running_loop().set_default_executor(pool)
        async with (
            open_seek_of(settings) as seek,
            build_worker(client, settings, pool, seek),
        ):
            log.info("worker ready", task_queue=settings.task_queue)
            await stop.wait()
            log.info("worker draining")
    log.info("worker stopped")


async def _patiently(
    settings: Settings, runtime: Runtime, stop: asyncio.Event
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


if __name__ == "__main__":
    from cli.main import main

    main(["worker"])

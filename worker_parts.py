"""What a worker is put together from: its workflows, its activities."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import Any

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import (
    PollerBehaviorSimpleMaximum,
    Worker,
    WorkerDeploymentConfig,
)
from temporalio.worker.workflow_sandbox import SandboxRestrictions

import temporal
from activities.amending import AmendActivities
from activities.applications import ApplicationActivities, Ways
from activities.archiving import ArchiveActivities
from activities.delivering import DeliveryActivities
from activities.erasing import EraseActivities
from activities.failures import Failures
from activities.fetching import FetchActivities
from activities.importing import ImportActivities
from activities.inbox import InboxActivities
from activities.keeping import KeepActivities
from activities.reconciling import ReconcileActivities
from activities.recording import Recorder
from activities.scanning import ScanActivities
from activities.seek import SeekFetcher
from boards import discover
from boards.base import PostingClosed
from gateways.catalogue import StoredCatalogue
from gateways.closings import Closings
from gateways.deliveries import Deliveries
from gateways.delivery_switch import DeliverySwitch
from gateways.keeping import Keeping
from gateways.quarantine import StoredQuarantine
from gateways.seek import Seek
from resources import (
    open_feed,
    open_receiver,
    open_records,
    open_scanner,
    open_seek_of,
    open_store,
    seek_events,
)
from settings import Settings
from workflow_runner import QuickSandboxRunner
from workflows.application import Application
from workflows.archive_keep import ArchiveKeep
from workflows.inbox_sweep import InboxSweep
from workflows.position_import import PositionImport
from workflows.seek_reconcile import SeekReconcile

WORKFLOWS: Sequence[type] = (
    Application,
    ArchiveKeep,
    InboxSweep,
    PositionImport,
    SeekReconcile,
)
_BUILD = f"letterbox-{version('letterbox')}"
PASSED_THROUGH: Sequence[str] = ("activities", "boards", "domain", "workflows")
"""
What the sandbox does not import anew for each run: for a sixth of the worker's time.

A workflow's own module is among them, so that its careless calls are caught in the
tests only, which keep it out and replay every life in the whole sandbox.
"""


async def open_worker(
    client: Client, settings: Settings, pool: ThreadPoolExecutor, opened: AsyncExitStack
) -> Worker:
    """Put a worker together; ``opened`` closes what it needs, ``pool`` blocks."""
    seek = await opened.enter_async_context(open_seek_of(settings))
    receiver = await opened.enter_async_context(open_receiver(settings))
    pollers = PollerBehaviorSimpleMaximum(settings.worker_pollers)
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=_activities(client, settings, seek, receiver),
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
        interceptors=[Failures()],
        workflow_runner=QuickSandboxRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                *PASSED_THROUGH
            )
        ),
        deployment_config=_deployment(settings),
        # By default the SDK reads and hashes all code: half a second of a start.
        build_id=None if settings.deployment_name else _BUILD,
        # A worker told to stop finishes what it holds; a killed one costs a timeout.
        graceful_shutdown_timeout=timedelta(seconds=20),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
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


def _activities(
    client: Client, settings: Settings, seek: Seek, receiver: Deliveries | None
) -> list[Callable[..., Any]]:
    store = open_store(settings)
    records = open_records(settings, store)
    catalogue = StoredCatalogue(store)
    boards = discover()
    recorder = Recorder(retention=settings.retention, margin=settings.archive_margin)
    scanner = open_scanner(settings)
    start = partial(temporal.start_application, client, settings.task_queue)
    applications = ApplicationActivities(
        applications=records.applications,
        catalogue=catalogue,
        boards=boards,
        recorder=recorder,
        candidates=records.candidates,
        removal=records.removal,
        ways=Ways(
            scan=scanner is not None,
            deliver=receiver is not None,
            discard_unmatched=settings.seek_unmatched == "discard",
        ),
    )
    amending = AmendActivities(
        applications=records.applications,
        catalogue=catalogue,
        holds=records.holds,
        recorder=recorder,
    )
    fetching = FetchActivities(
        applications=records.applications,
        boards=boards,
        fetchers={"seek": SeekFetcher(seek.graph, seek.attachments)},
    )
    archiving = ArchiveActivities(
        applications=records.applications,
        archives=records.archives,
        removal=records.removal,
    )
    reconciling = ReconcileActivities(
        graph=seek.graph,
        query=seek_events(settings),
        applications=records.applications,
        start=start,
        close=partial(_close, client, Closings(store)),
    )
    keeping = KeepActivities(
        keeping=Keeping(store, candidates=records.candidates, holds=records.holds),
        keep=settings.archive_keep,
    )
    scanning = ScanActivities(
        applications=records.applications,
        quarantine=StoredQuarantine(store),
        scanner=scanner,
    )
    delivering = DeliveryActivities(
        records=records.applications, receiver=receiver, switch=DeliverySwitch(store)
    )
    return [
        applications.collect,
        applications.store_documents,
        applications.match_position,
        applications.record,
        amending.note_closing,
        amending.assign_position,
        amending.place_hold,
        amending.end_hold,
        amending.refuse_if_held,
        amending.note_scan,
        amending.note_delivered,
        amending.note_overdue,
        fetching.fetch_application,
        fetching.fetch_documents,
        scanning.scan_documents,
        archiving.pack,
        archiving.retire,
        EraseActivities(removal=records.removal, deliver=receiver is not None).erase,
        delivering.deliver,
        reconciling.poll_events,
        InboxActivities(store=store, start=start).sweep,
        keeping.end_keeping,
        ImportActivities(feed=open_feed(settings, store)).import_positions,
    ]


async def _close(client: Client, closings: Closings, closing: PostingClosed) -> None:
    """Close the position, and tell its open applications."""
    await asyncio.to_thread(closings.close, closing.posting, closing.closed_at)
    positions = await asyncio.to_thread(closings.positions, closing.posting)
    await temporal.signal_closed(
        client, closing.closed_at, posting=closing.posting, positions=positions
    )

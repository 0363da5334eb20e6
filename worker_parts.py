"""What a worker is put together from: its workflows, its activities."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from importlib.metadata import version
from types import TracebackType
from typing import Self

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import (
    PollerBehaviorSimpleMaximum,
    Worker,
    WorkerDeploymentConfig,
)
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.failures import Failures
from activities.heartbeats import Heartbeats
from letterbox.resources import open_receiver, open_seek_of
from letterbox.settings import Settings
from letterbox.temporal.sandbox_runner import QuickSandboxRunner
from letterbox.temporal.task_queues import ATS, FEEDS, SCANNER, beside
from worker_activities import Activities, make_activities
from workflows.application import Application
from workflows.archive_keep import ArchiveKeep
from workflows.archive_watch import ArchiveWatch
from workflows.audit import Audit
from workflows.inbox_sweep import InboxSweep
from workflows.position_import import PositionImport
from workflows.seek_reconcile import SeekReconcile

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
    seek = await opened.enter_async_context(open_seek_of(settings))
    receiver = await opened.enter_async_context(open_receiver(settings))
    made = make_activities(client, settings, seek, receiver)
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

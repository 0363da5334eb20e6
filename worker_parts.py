"""What a worker is put together from: its workflows, its activities."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from importlib.metadata import version

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import (
    PollerBehaviorSimpleMaximum,
    Worker,
    WorkerDeploymentConfig,
)
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.failures import Failures
from resources import open_receiver, open_seek_of
from settings import Settings
from worker_activities import make_activities
from workflow_runner import QuickSandboxRunner
from workflows.application import Application
from workflows.archive_keep import ArchiveKeep
from workflows.audit import Audit
from workflows.inbox_sweep import InboxSweep
from workflows.position_import import PositionImport
from workflows.seek_reconcile import SeekReconcile

WORKFLOWS: Sequence[type] = (
    Application,
    ArchiveKeep,
    Audit,
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
        activities=make_activities(client, settings, seek, receiver),
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

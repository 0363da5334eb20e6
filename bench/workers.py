"""A worker process for the workflows that Letterbox is compared with."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
)

from letterbox.settings import load_settings
from letterbox.temporal.client import connect

_THREADS = 32


async def work(workflow: type, activities: Sequence[Callable[..., Any]]) -> None:
    """Work until killed: in the sandbox, like Letterbox's own, else by the defaults."""
    settings = load_settings()
    client = await connect(settings)
    with ThreadPoolExecutor(_THREADS) as pool:
        worker = Worker(
            client,
            task_queue=settings.task_queue,
            workflows=[workflow],
            activities=activities,
            activity_executor=pool,
            max_concurrent_activities=_THREADS,
            workflow_runner=SandboxedWorkflowRunner(
                restrictions=SandboxRestrictions.default.with_passthrough_modules(
                    "activities", "letterbox"
                )
            ),
        )
        async with worker:
            await asyncio.Event().wait()

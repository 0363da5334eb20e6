"""Workers as in production, but for the sandbox that catches careless workflows."""

import pkgutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Interceptor
from temporalio.worker.workflow_sandbox import SandboxRestrictions

import workflows
from activities.inspection import Recognise
from letterbox.domain.documents import recognise
from letterbox.settings import Settings
from tests.support import eventually
from tests.workflows.sandbox_runner import QuickSandboxRunner
from worker import DRAIN, WORKFLOWS, open_worker

AnyHandle = WorkflowHandle[Any, Any]
# Started, and its first task scheduled and taken.
_NOT_BEGUN = 3
# The modules of the workflows themselves are imported anew for each run.
_SANDBOXED = {workflow.__module__ for workflow in WORKFLOWS}
_PASSED_THROUGH = (
    "activities",
    "letterbox",
    *(
        name
        for module in pkgutil.iter_modules(workflows.__path__)
        if (name := f"workflows.{module.name}") not in _SANDBOXED
    ),
)
_RUNNER = QuickSandboxRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH)
)


@asynccontextmanager
async def running_worker(
    client: Client,
    settings: Settings,
    *interceptors: Interceptor,
    recognise: Recognise = recognise,
    drain: timedelta = DRAIN,
) -> AsyncIterator[None]:
    """Run a worker for as long as the block lasts; then it has ``drain`` to finish."""
    with ThreadPoolExecutor(32) as pool:
        async with open_worker(
            client,
            settings,
            pool,
            runner=_RUNNER,
            interceptors=interceptors,
            recognise=recognise,
            drain=drain,
        ):
            yield


async def wait_until_idle(handle: AnyHandle) -> None:
    """Wait until no step is under way: an open workflow waits for its timer."""

    async def is_idle() -> bool:
        execution = (await handle.describe()).raw_description
        # One that was continued as new may have to wait a second for its first task.
        length = execution.workflow_execution_info.history_length
        is_busy = execution.HasField("pending_workflow_task")
        return length > _NOT_BEGUN and not (is_busy or execution.pending_activities)

    await eventually(is_idle)

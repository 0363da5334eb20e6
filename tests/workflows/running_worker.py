"""Workers as in production, and what they are done with."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from temporalio.client import Client, WorkflowHandle

from letterbox.settings import Settings
from tests.support import eventually
from worker import open_worker

AnyHandle = WorkflowHandle[Any, Any]
# Started, and its first task scheduled and taken.
_NOT_BEGUN = 3


@asynccontextmanager
async def at_work(client: Client, settings: Settings) -> AsyncIterator[None]:
    """Run a worker for as long as the block lasts."""
    with ThreadPoolExecutor(32) as pool:
        async with (
            AsyncExitStack() as opened,
            await open_worker(client, settings, pool, opened),
        ):
            yield


async def at_rest(handle: AnyHandle) -> None:
    """Wait until no step is under way: an open workflow waits for its timer."""

    async def is_at_rest() -> bool:
        told = (await handle.describe()).raw_description
        # One that was continued as new may have to wait a second for its first task.
        has_begun = told.workflow_execution_info.history_length > _NOT_BEGUN
        busy = told.HasField("pending_workflow_task") or told.pending_activities
        return has_begun and not busy

    await eventually(is_at_rest)

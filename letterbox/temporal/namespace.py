"""A namespace of Temporal: its search attributes, and the workers that poll."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Lock

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from letterbox.domain.errors import StoreUnavailableError, TemporalUnavailableError
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.rpc import reaching_temporal

_RPC_TIMEOUT = timedelta(seconds=5)
_MAX_WAIT_SECONDS = 5.0
_REFRESH_SECONDS = 30.0
WORKFLOWS = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
ACTIVITIES = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY


def missing(name: str) -> str:
    """Return what to do about a namespace that does not exist."""
    command = f"temporal operator namespace create --namespace {name} --retention 30d"
    return f"there is no namespace {name}: create it with `{command}`"


async def missing_search_attributes(client: Client) -> list[str]:
    """Return the names that the namespace does not have."""
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), timeout=_RPC_TIMEOUT
    )
    return [
        key.name for key in attributes.ALL if key.name not in listed.custom_attributes
    ]


async def add_search_attributes(client: Client) -> None:
    """Add the search attributes that are missing; harmless to repeat."""
    missing = set(await missing_search_attributes(client))
    types = {
        key.name: IndexedValueType.ValueType(key.indexed_value_type)
        for key in attributes.ALL
        if key.name in missing
    }
    if types:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace, search_attributes=types
            ),
            timeout=_RPC_TIMEOUT,
        )


async def count_pollers(
    client: Client, queue: str, kind: TaskQueueType.ValueType = WORKFLOWS
) -> int:
    """Count the workers that poll a task queue, as of the last minutes."""
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=queue),
            task_queue_type=kind,
        ),
        timeout=_RPC_TIMEOUT,
    )
    return len(described.pollers)


class AtsPresence:
    """
    Returns whether the task queue of the ATS is served by any worker. Blocking.

    While an address is rolled out some workers have it and some have not: what the
    others record is delivered all the same. Temporal forgets who served it within
    minutes: then ``was_served`` says whether some worker did so lately. Called by
    threads, answered by the loop.
    """

    def __init__(
        self,
        client: Client,
        task_queue: str,
        was_served: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._was_served = was_served
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._checked_at = -_REFRESH_SECONDS
        self._is_served = False

    def __call__(self) -> bool:
        """Return the last known state where Temporal does not answer now."""
        with self._lock:
            if time.monotonic() - self._checked_at >= _REFRESH_SECONDS:
                check = asyncio.run_coroutine_threadsafe(self._check(), self._loop)
                with suppress(
                    TimeoutError, TemporalUnavailableError, StoreUnavailableError
                ):
                    is_polled = check.result(timeout=_MAX_WAIT_SECONDS)
                    self._is_served = is_polled or self._was_served()
                self._checked_at = time.monotonic()
            return self._is_served

    async def _check(self) -> bool:
        with reaching_temporal():
            return await count_pollers(self._client, self._task_queue, ACTIVITIES) > 0

"""Whether any worker delivers to an ATS, asked of Temporal by those that do not."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Lock

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from letterbox.domain.errors import StoreUnavailableError, TemporalUnavailableError
from letterbox.temporal.rpc import reaching_temporal

_RPC_TIMEOUT = timedelta(seconds=2)
_MAX_WAIT_SECONDS = 5.0
_REFRESH_SECONDS = 30.0


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
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
        with reaching_temporal():
            described = await self._client.workflow_service.describe_task_queue(
                request, timeout=_RPC_TIMEOUT
            )
        return bool(described.pollers)

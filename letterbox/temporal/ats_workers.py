"""Whether any worker has an ATS to tell, asked of Temporal by those that have none."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from threading import Lock

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

_RPC_TIMEOUT = timedelta(seconds=2)
_MAX_ANSWER = 5.0
_ASK_EVERY = 30.0


class AtsPresence:
    """
    Tells whether the task queue of the ATS is served by anybody. Blocking.

    While an address is rolled out some workers have it and some have not: what the
    others record is told all the same. Asked by threads, answered by the loop.
    """

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._asked_at = -_ASK_EVERY
        self._is_there = False

    def __call__(self) -> bool:
        """Tell; what Temporal cannot say now is as it was."""
        with self._lock:
            if time.monotonic() - self._asked_at >= _ASK_EVERY:
                asked = asyncio.run_coroutine_threadsafe(self._ask(), self._loop)
                with suppress(TimeoutError):
                    self._is_there = asked.result(timeout=_MAX_ANSWER)
                self._asked_at = time.monotonic()
            return self._is_there

    async def _ask(self) -> bool:
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
        try:
            described = await self._client.workflow_service.describe_task_queue(
                request, timeout=_RPC_TIMEOUT
            )
        except (RPCError, RuntimeError):
            return self._is_there
        return bool(described.pollers)

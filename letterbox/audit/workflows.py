"""Asks Temporal what an audit wants to know, from threads that may block."""

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.api.workflowservice.v1 import (
    ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse,
)
from temporalio.client import Client, WorkflowExecutionStatus

from letterbox.audit.facts import WorkflowFacts
from letterbox.domain.application import Stage
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.client import start_application
from letterbox.temporal.queries import quoted
from letterbox.temporal.rpc import none_if_absent, reaching_temporal
from letterbox.temporal.updates import Updates

_RPC_TIMEOUT = timedelta(seconds=10)
_PAGE = 1000
_RECORDED = {Stage.TRIAGE, Stage.MATCHED, Stage.DELIVERED}
_ENDED = {Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED}

Result = TypeVar("Result")


class AuditedWorkflows:
    """
    The ``Workflows`` port over a client, whose loop runs beside the threads.

    It covers one task queue only: a namespace may have several Letterboxes.
    """

    def __init__(
        self,
        client: Client,
        task_queue: str,
        loop: asyncio.AbstractEventLoop,
        *,
        page_size: int = _PAGE,
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._loop = loop
        self._page_size = page_size

    def open(self) -> Iterator[str]:
        """List the ids of what runs; the lists lag behind by a moment."""
        return self._list('ExecutionStatus = "Running"')

    def archived(self) -> Iterator[str]:
        """List the ids that ended as archived, until the namespace's retention ends."""
        return self._list(
            'ExecutionStatus = "Completed" '
            f'AND {attributes.STAGE.name} = "{Stage.ARCHIVED}"'
        )

    def find(self, application_id: str) -> WorkflowFacts:
        """Describe the latest run, which does not lag behind."""
        return self._wait(self._find(application_id))

    def start(self, application_id: str) -> None:
        """Start the workflow as the sweep does."""
        self._wait(start_application(self._client, self._task_queue, application_id))

    def deliver(self, application_id: str) -> None:
        """Deliver to the ATS what it is owed, as `letterbox deliver --enable` does."""
        self._wait(Updates(self._client, self._task_queue).catch_up(application_id))

    async def _find(self, application_id: str) -> WorkflowFacts:
        handle = self._client.get_workflow_handle(application_id)
        with reaching_temporal():
            description = await none_if_absent(
                handle.describe(rpc_timeout=_RPC_TIMEOUT)
            )
        # Another installation's, which has the same id, is none of ours.
        if description is None or description.task_queue != self._task_queue:
            return WorkflowFacts()
        search_attributes = description.typed_search_attributes
        stage = search_attributes.get(attributes.STAGE)
        archive_by = search_attributes.get(attributes.ARCHIVE_BY)
        is_completed = description.status is WorkflowExecutionStatus.COMPLETED
        return WorkflowFacts(
            is_open=description.status is WorkflowExecutionStatus.RUNNING,
            run_id=description.run_id,
            started_at=description.start_time,
            # What SEEK withholds is recorded as `received`, and has a date.
            is_recorded=stage in _RECORDED
            or (archive_by is not None and stage not in _ENDED),
            has_archived=is_completed and stage == Stage.ARCHIVED,
            archive_by=archive_by,
        )

    def _list(self, condition: str) -> Iterator[str]:
        query = (
            f'WorkflowType = "Application" AND {condition} '
            f"AND TaskQueue = {quoted(self._task_queue)}"
        )
        page = self._wait(self._page(query, b""))
        yield from _ids(page)
        while page.next_page_token:
            page = self._wait(self._page(query, page.next_page_token))
            yield from _ids(page)

    async def _page(self, query: str, token: bytes) -> ListWorkflowExecutionsResponse:
        # The client's own list decodes all of a workflow, which is ten times the work.
        request = ListWorkflowExecutionsRequest(
            namespace=self._client.namespace,
            page_size=self._page_size,
            next_page_token=token,
            query=query,
        )
        with reaching_temporal():
            return await self._client.workflow_service.list_workflow_executions(
                request, retry=True, timeout=_RPC_TIMEOUT
            )

    def _wait(self, call: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(call, self._loop).result()


def _ids(page: ListWorkflowExecutionsResponse) -> Iterator[str]:
    return (listed.execution.workflow_id for listed in page.executions)

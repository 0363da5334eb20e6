"""Open applications that are late, from Temporal's lists."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from temporalio.client import Client

from letterbox.domain.application import Flag, Stage
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.queries import open_applications, quoted, quoted_time
from letterbox.temporal.rpc import reaching_temporal

_RPC_TIMEOUT = timedelta(seconds=10)
_PAGE = 200
_ENDED = (Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED)


class ArchiveLists:
    """The ``Lists`` of the watch, for the applications of one task queue."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._open = open_applications(task_queue)

    async def late(self, due_before: datetime) -> AsyncIterator[str]:
        """List the ids whose archive was due before, and that are not flagged yet."""
        ended = ", ".join(map(quoted, _ENDED))
        query = (
            f"{self._open} AND {attributes.ARCHIVE_BY.name} < {quoted_time(due_before)}"
            f" AND {attributes.STAGE.name} NOT IN ({ended})"
            f" AND {attributes.FLAGS.name} != {quoted(Flag.OVERDUE)}"
        )
        async for run in self._client.list_workflows(
            query, page_size=_PAGE, rpc_timeout=_RPC_TIMEOUT
        ):
            yield run.id

    async def unrecorded(
        self, started_before: datetime
    ) -> AsyncIterator[tuple[str, datetime]]:
        """List the ids that have no record yet, and when each was started."""
        query = (
            f"{self._open} AND {attributes.ARCHIVE_BY.name} IS NULL"
            f" AND {attributes.STAGE.name} = {quoted(Stage.RECEIVED)}"
            f" AND StartTime < {quoted_time(started_before)}"
        )
        async for run in self._client.list_workflows(
            query, page_size=_PAGE, rpc_timeout=_RPC_TIMEOUT
        ):
            yield run.id, run.start_time

    async def tell_overdue(self, application_id: str) -> bool:
        """Signal that an archive is late; False where the workflow's task fails."""
        handle = self._client.get_workflow_handle(application_id)
        with reaching_temporal():
            described = await handle.describe(rpc_timeout=_RPC_TIMEOUT)
            if described.raw_description.pending_workflow_task.attempt > 1:
                # A signal would only make its history longer.
                return False
            await handle.signal("overdue", rpc_timeout=_RPC_TIMEOUT)
        return True

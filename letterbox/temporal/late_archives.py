"""Open applications that are late, as Temporal's lists know them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from letterbox.domain.application import Flag, Stage
from letterbox.domain.errors import TemporalUnavailableError
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.client import open_applications, quoted

_RPC_TIMEOUT = timedelta(seconds=10)
_PAGE = 200
_OVER = (Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED)


class ArchiveLists:
    """The ``Lists`` of the watch, for the applications of one task queue."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._open = open_applications(task_queue)

    async def late(self, due_before: datetime) -> AsyncIterator[str]:
        """Name those whose archive was due before, and that do not say so yet."""
        over = ", ".join(map(quoted, _OVER))
        query = (
            f"{self._open} AND {attributes.ARCHIVE_BY.name} < {_moment(due_before)}"
            f" AND {attributes.STAGE.name} NOT IN ({over})"
            f" AND {attributes.FLAGS.name} != {quoted(Flag.OVERDUE)}"
        )
        async for found in self._client.list_workflows(
            query, page_size=_PAGE, rpc_timeout=_RPC_TIMEOUT
        ):
            yield found.id

    async def unrecorded(
        self, started_before: datetime
    ) -> AsyncIterator[tuple[str, datetime]]:
        """Name those that have no record yet, and when they were started."""
        query = (
            f"{self._open} AND {attributes.ARCHIVE_BY.name} IS NULL"
            f" AND {attributes.STAGE.name} = {quoted(Stage.RECEIVED)}"
            f" AND StartTime < {_moment(started_before)}"
        )
        async for found in self._client.list_workflows(
            query, page_size=_PAGE, rpc_timeout=_RPC_TIMEOUT
        ):
            yield found.id, found.start_time

    async def tell_overdue(self, application_id: str) -> bool:
        """Tell one that it is late; False where its workflow cannot be told."""
        handle = self._client.get_workflow_handle(application_id)
        try:
            described = await handle.describe(rpc_timeout=_RPC_TIMEOUT)
            if described.raw_description.pending_workflow_task.attempt > 1:
                # A signal would only make its history longer.
                return False
            await handle.signal("overdue", rpc_timeout=_RPC_TIMEOUT)
        except RPCError as error:
            raise TemporalUnavailableError(
                f"signal failed: {error.status.name}"
            ) from None
        return True


def _moment(moment: datetime) -> str:
    return quoted(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"))

"""The lists of applications, as Temporal knows them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from letterbox.domain.application import Flag, Stage
from letterbox.domain.listing import Filter, Item
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.queries import open_applications, quoted, quoted_time
from letterbox.temporal.rpc import reaching_temporal

# A run that was continued as new is no application's latest.
_ANY_RUN = 'WorkflowType = "Application"'
_APPLICATIONS = f'{_ANY_RUN} AND ExecutionStatus != "ContinuedAsNew"'
_RPC_TIMEOUT = timedelta(seconds=10)
_PAGE = 200
_ENDED = (Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED)


async def list_applications(  # noqa: PLR0913, PLR0917 what a list is asked by
    client: Client,
    task_queue: str,
    filters: Filter,
    limit: int,
    token: bytes | None,
    hirers: frozenset[str] | None = None,
) -> tuple[list[Item], bytes | None]:
    """
    List a page of one task queue's applications, and the token of the next page.

    Of some hirers only, if any are named. Raises TemporalUnavailableError.
    """
    pages = client.list_workflows(
        _query(task_queue, filters, hirers),
        page_size=limit,
        next_page_token=token,
        rpc_timeout=_RPC_TIMEOUT,
    )
    with reaching_temporal():
        await pages.fetch_next_page()
        runs = await _only_latest(client, task_queue, pages.current_page or [])
    after = filters.received_after
    items = [
        _item(run, received_at)
        for run, received_at in runs
        if after is None or received_at >= after
    ]
    return items, pages.next_page_token or None


async def count_applications(
    client: Client,
    task_queue: str,
    filters: Filter,
    at_most: int = 1000,
    hirers: frozenset[str] | None = None,
) -> int | None:
    """
    Count what ``list_applications`` lists, page after page; None if it is more.

    Temporal's own count has each earlier run of what was started anew.
    """
    count = 0
    token: bytes | None = None
    while count <= at_most:
        page, token = await list_applications(
            client, task_queue, filters, _PAGE, token, hirers
        )
        count += len(page)
        if token is None:
            break
    return count if count <= at_most else None


async def count_started(
    client: Client,
    task_queue: str,
    filters: Filter,
    hirers: frozenset[str] | None = None,
    *,
    is_open: bool = False,
) -> int:
    """
    Count by one query, for charts (TemporalUnavailableError).

    What was started anew after its end counts once more; of what is open nothing does.
    """
    query = _query(task_queue, filters, hirers)
    if is_open:
        query += ' AND ExecutionStatus = "Running"'
    with reaching_temporal():
        counted = await client.count_workflows(query, rpc_timeout=_RPC_TIMEOUT)
    return counted.count


async def _only_latest(
    client: Client, task_queue: str, runs: Sequence[WorkflowExecution]
) -> list[tuple[WorkflowExecution, datetime]]:
    """
    Leave out earlier runs of what was started anew; tell when the first was started.

    A running one is the latest there is; of those that ended Temporal has to be asked.
    """
    latest = {run.id: run for run in runs if _is_running(run)}
    began = {run.id: run.start_time for run in runs}
    ended = {run.id for run in runs if not _is_running(run)}
    if ended:
        among = ", ".join(map(quoted, sorted(ended)))
        query = f"{_runs(task_queue)} AND WorkflowId IN ({among})"
        async for run in client.list_workflows(query, rpc_timeout=_RPC_TIMEOUT):
            began[run.id] = min(run.start_time, began.get(run.id, run.start_time))
            if run.status is WorkflowExecutionStatus.CONTINUED_AS_NEW:
                continue
            other = latest.setdefault(run.id, run)
            if run.start_time > other.start_time:
                latest[run.id] = run
    # One that Temporal has forgotten since it was listed is shown as it was.
    return [
        (run, began[run.id])
        for run in runs
        if run.run_id == latest.get(run.id, run).run_id
    ]


def _is_running(run: WorkflowExecution) -> bool:
    return run.status is WorkflowExecutionStatus.RUNNING


def _applications(task_queue: str) -> str:
    return f"{_APPLICATIONS} AND TaskQueue = {quoted(task_queue)}"


def _runs(task_queue: str) -> str:
    return f"{_ANY_RUN} AND TaskQueue = {quoted(task_queue)}"


def _query(task_queue: str, filters: Filter, hirers: frozenset[str] | None) -> str:
    by_attribute = {
        attributes.STAGE.name: filters.stage,
        attributes.BOARD.name: filters.board,
        attributes.POSITION.name: filters.position,
        attributes.HIRER.name: filters.hirer,
        attributes.FLAGS.name: filters.flag,
    }
    conditions = [
        f"{name} = {quoted(attributes.fit(text))}"
        for name, text in by_attribute.items()
        if text is not None
    ]
    if hirers is not None:
        among = ", ".join(quoted(attributes.fit(hirer)) for hirer in sorted(hirers))
        conditions.append(f"{attributes.HIRER.name} IN ({among})")
    if filters.received_after:
        conditions.append(f"StartTime >= {quoted_time(filters.received_after)}")
    if filters.received_before:
        conditions.append(f"StartTime < {quoted_time(filters.received_before)}")
    return " AND ".join([_applications(task_queue), *conditions])


def _item(run: WorkflowExecution, received_at: datetime) -> Item:
    known = run.typed_search_attributes
    return Item(
        id=run.id,
        stage=Stage(known.get(attributes.STAGE) or Stage.RECEIVED),
        board=known.get(attributes.BOARD) or run.id.partition(":")[0],
        position=known.get(attributes.POSITION),
        hirer=known.get(attributes.HIRER),
        flags=tuple(Flag(flag) for flag in known.get(attributes.FLAGS) or ()),
        archive_by=known.get(attributes.ARCHIVE_BY),
        received_at=received_at,
    )


class ArchiveLists:
    """Lists the open applications of one task queue that are late, for the watch."""

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
        async for run in self._list(query):
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
        async for run in self._list(query):
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

    def _list(self, query: str) -> AsyncIterator[WorkflowExecution]:
        return self._client.list_workflows(
            query, page_size=_PAGE, rpc_timeout=_RPC_TIMEOUT
        )

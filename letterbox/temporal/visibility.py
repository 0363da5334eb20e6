"""The list of applications, as Temporal knows them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from letterbox.domain.application import Flag, Stage
from letterbox.domain.listing import Filter, Item
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.client import quoted

# A run that was continued as new is no application's latest.
_APPLICATIONS = 'WorkflowType = "Application" AND ExecutionStatus != "ContinuedAsNew"'
# Temporal reckons in nanoseconds since 1970, and nothing was received before or after.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(2200, 1, 1, tzinfo=UTC)
_TIMEOUT = timedelta(seconds=10)


async def list_applications(
    client: Client, task_queue: str, wanted: Filter, limit: int, token: bytes | None
) -> tuple[list[Item], bytes | None]:
    """
    List a page of one task queue's applications, one item each.

    Gives the token of the next page, too.
    """
    listed = client.list_workflows(
        _query(task_queue, wanted),
        page_size=limit,
        next_page_token=token,
        rpc_timeout=_TIMEOUT,
    )
    await listed.fetch_next_page()
    found = await _only_latest(client, task_queue, listed.current_page or [])
    return [_item(one) for one in found], listed.next_page_token or None


async def _only_latest(
    client: Client, task_queue: str, found: Sequence[WorkflowExecution]
) -> list[WorkflowExecution]:
    """
    Leave out earlier runs of what was started anew.

    A running one is the latest there is; of those that ended Temporal has to be asked.
    """
    latest = {one.id: one for one in found if _is_running(one)}
    ended = {one.id for one in found if not _is_running(one)}
    if ended:
        among = ", ".join(map(quoted, sorted(ended)))
        query = f"{_applications(task_queue)} AND WorkflowId IN ({among})"
        async for one in client.list_workflows(query, rpc_timeout=_TIMEOUT):
            other = latest.setdefault(one.id, one)
            if one.start_time > other.start_time:
                latest[one.id] = one
    # One that Temporal has forgotten since it was listed is shown as it was.
    return [one for one in found if one.run_id == latest.get(one.id, one).run_id]


def _is_running(one: WorkflowExecution) -> bool:
    return one.status is WorkflowExecutionStatus.RUNNING


def _applications(task_queue: str) -> str:
    return f"{_APPLICATIONS} AND TaskQueue = {quoted(task_queue)}"


def _query(task_queue: str, wanted: Filter) -> str:
    attributed = {
        attributes.STAGE.name: wanted.stage,
        attributes.BOARD.name: wanted.board,
        attributes.POSITION.name: wanted.position,
        attributes.FLAGS.name: wanted.flag,
    }
    conditions = [
        f"{name} = {quoted(attributes.fit(text))}"
        for name, text in attributed.items()
        if text is not None
    ]
    if wanted.received_after:
        conditions.append(f"StartTime >= {_moment(wanted.received_after)}")
    if wanted.received_before:
        conditions.append(f"StartTime < {_moment(wanted.received_before)}")
    return " AND ".join([_applications(task_queue), *conditions])


def _moment(moment: datetime) -> str:
    within = min(max(moment, _FIRST), _LAST).astimezone(UTC)
    return quoted(within.isoformat().replace("+00:00", "Z"))


def _item(found: WorkflowExecution) -> Item:
    known = found.typed_search_attributes
    return Item(
        id=found.id,
        stage=Stage(known.get(attributes.STAGE) or Stage.RECEIVED),
        board=known.get(attributes.BOARD) or found.id.partition(":")[0],
        position=known.get(attributes.POSITION),
        hirer=known.get(attributes.HIRER),
        flags=tuple(Flag(flag) for flag in known.get(attributes.FLAGS) or ()),
        archive_by=known.get(attributes.ARCHIVE_BY),
        received_at=found.start_time,
    )

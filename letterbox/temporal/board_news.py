"""Starts what follows a board's news of hirers and ads, each once at a time."""

from datetime import datetime, timedelta
from hashlib import sha256

from temporalio.api.batch.v1 import BatchOperationSignal
from temporalio.api.workflowservice.v1 import StartBatchOperationRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from letterbox.boards.fetching import Notices
from letterbox.domain.application import Flag
from letterbox.domain.board_news import (
    BackfillInput,
    BackfillResult,
    HirerInput,
    PostingInput,
)
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.closings import start_batch
from letterbox.temporal.queries import open_applications, quoted
from letterbox.temporal.rpc import reaching_temporal

_RPC_TIMEOUT = timedelta(seconds=5)


async def follow_news(
    client: Client, task_queue: str, board: str, notices: Notices
) -> None:
    """
    Start the workflows for hirers and ads that a board has news of.

    Harmless to repeat: what runs already is told to look once more. Raises
    TemporalUnavailableError; the board has to say it again then.
    """
    for hirer in notices.hirers:
        args = BackfillInput(board=board, hirer=hirer, is_news=True)
        with reaching_temporal():
            await client.start_workflow(
                "HirerBackfill",
                args,
                id=_name(task_queue, board, "hirer", hirer),
                task_queue=task_queue,
                start_signal="changed",
                static_summary=f"A hirer's relationship at {board} has changed",
                rpc_timeout=_RPC_TIMEOUT,
            )
    for posting in notices.postings:
        with reaching_temporal():
            await client.start_workflow(
                "PostingLookup",
                PostingInput(board=board, posting=posting),
                id=_name(task_queue, board, "posting", posting),
                task_queue=task_queue,
                start_signal="changed",
                static_summary=f"What an ad at {board} goes by",
                rpc_timeout=_RPC_TIMEOUT,
            )


async def start_backfill(
    client: Client, task_queue: str, args: BackfillInput
) -> WorkflowHandle[object, BackfillResult]:
    """Start a backfill that a person wants, or join the very same one."""
    since: datetime | str = args.since or "always"
    which = f"{args.hirer} {since} {args.dry_run}"
    with reaching_temporal():
        return await client.start_workflow(
            "HirerBackfill",
            args,
            id=_name(task_queue, args.board, "backfill", which),
            task_queue=task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            result_type=BackfillResult,
            static_summary=f"Take in what was missed of a hirer at {args.board}",
            rpc_timeout=_RPC_TIMEOUT,
        )


async def ask_again(
    client: Client, task_queue: str, args: HirerInput, request_id: str
) -> None:
    """
    Signal the open applications that a board withholds, of a hirer or of nobody known.

    One batch operation of the server's; ``request_id`` makes a repeat harmless.
    """
    is_hirers = f"{attributes.HIRER.name} = {quoted(attributes.fit(args.hirer))}"
    query = (
        f"{open_applications(task_queue)}"
        f" AND {attributes.BOARD.name} = {quoted(args.board)}"
        f" AND {attributes.FLAGS.name} = {quoted(Flag.UNAVAILABLE)}"
        f" AND ({is_hirers} OR {attributes.HIRER.name} IS NULL)"
    )
    request = StartBatchOperationRequest(
        namespace=client.namespace,
        job_id=f"hirer-changed-{_digest(f'{query} {request_id}')}",
        visibility_query=query,
        reason="the hirer's relationship has changed",
        signal_operation=BatchOperationSignal(signal="ask_again"),
    )
    with reaching_temporal():
        await start_batch(client, request)


def _name(task_queue: str, board: str, kind: str, which: str) -> str:
    # An id of the board's may be long, and hold anything.
    return f"{task_queue}-{board}-{kind}-{_digest(which)}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]

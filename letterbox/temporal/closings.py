"""
Tells open applications that their position was closed.

Called for what a board says of its ads (by webhook and by polling) and for what a
person closes (by the operator API or ``letterbox positions close``). An import of a
feed tells nobody: its dates count for applications that are matched afterwards.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import structlog
from temporalio.api.batch.v1 import BatchOperationSignal
from temporalio.api.common.v1 import Payloads
from temporalio.api.workflowservice.v1 import StartBatchOperationRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from letterbox.boards.fetching import PostingClosed
from letterbox.domain.errors import TemporalUnavailableError
from letterbox.domain.positions import Position
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.queries import open_applications, quoted
from letterbox.temporal.rpc import reaching_temporal

_RPC_TIMEOUT = timedelta(seconds=5)
_MAX_ATTEMPTS = 240
_PAUSE_SECONDS = 0.5
_MAX_NEWS_AGE = timedelta(days=7)

log = structlog.get_logger()


async def tell_closed(
    client: Client, task_queue: str, closed: PostingClosed | Position
) -> None:
    """
    Signal a close, and log it where Temporal does not answer.

    A lost signal is harmless, since it only moves a date later. Old news of a board is
    a replay: it has moved the date already, and may be of an ad that was opened again.
    """
    if isinstance(closed, PostingClosed):
        about = {"posting": closed.posting}
        if datetime.now(UTC) - closed.closed_at > _MAX_NEWS_AGE:
            return
    else:
        about = {"position": closed.reference}
    try:
        await signal_closed(client, task_queue, closed)
    except TemporalUnavailableError as error:
        log.warning("closing not told", **about, reason=str(error))


async def signal_closed(
    client: Client, task_queue: str, closed: PostingClosed | Position
) -> None:
    """
    Signal a close to the open applications for it, triage included.

    Those of one task queue, found by the board's own id of the ad, or by our
    reference and its hirer. One batch operation of the server's; its id makes
    a repeat harmless. Raises TemporalUnavailableError.
    """
    closed_at = closed.closed_at or datetime.now(UTC)
    [payload] = await client.data_converter.encode([closed_at])
    query = f"{open_applications(task_queue)} AND ({_applied_to(closed)})"
    key = sha256(f"{query} {closed_at.isoformat()}".encode()).hexdigest()[:32]
    request = StartBatchOperationRequest(
        namespace=client.namespace,
        job_id=f"position-closed-{key}",
        visibility_query=query,
        reason="the position was closed",
        signal_operation=BatchOperationSignal(
            signal="position_closed", input=Payloads(payloads=[payload])
        ),
    )
    with reaching_temporal():
        await start_batch(client, request)


async def start_batch(client: Client, request: StartBatchOperationRequest) -> None:
    """Start a batch operation; one of the same id, once, and one at a time."""
    for attempts_left in reversed(range(_MAX_ATTEMPTS)):
        try:
            await client.workflow_service.start_batch_operation(
                request, timeout=_RPC_TIMEOUT
            )
        except RPCError as error:
            if error.status is RPCStatusCode.ALREADY_EXISTS:
                return
            # A namespace has one batch operation at a time; many ads close at once.
            is_busy = error.status is RPCStatusCode.RESOURCE_EXHAUSTED
            if not is_busy or not attempts_left:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


def _applied_to(closed: PostingClosed | Position) -> str:
    if isinstance(closed, PostingClosed):
        return _is(attributes.POSTING, closed.posting)
    by_reference = _is(attributes.POSITION, closed.reference)
    # References are unique to a hirer only.
    if closed.hirer is None:
        return by_reference
    return f"({by_reference} AND {_is(attributes.HIRER, closed.hirer)})"


def _is(attribute: SearchAttributeKey[str], text: str) -> str:
    return f"{attribute.name} = {quoted(attributes.fit(text))}"

"""Tells open applications that their position was closed."""

import asyncio
from collections.abc import Sequence
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
from letterbox.temporal.client import open_applications, quoted

_RPC_TIMEOUT = timedelta(seconds=5)
_BATCH_TRIES = 240
_BATCH_PAUSE = 0.5
_MAX_NEWS_AGE = timedelta(days=7)

log = structlog.get_logger()


async def signal_closed(
    client: Client,
    closed_at: datetime,
    *,
    task_queue: str,
    posting: str | None = None,
    positions: Sequence[Position] = (),
) -> None:
    """
    Tell open applications, triage included, that their ad or position was closed.

    Those of one task queue, found by the board's own id of the ad, or by our
    references, each with its hirer. One batch operation of the server's; its id makes
    a repeat harmless. Raises TemporalUnavailableError.
    """
    [payload] = await client.data_converter.encode([closed_at])
    which = f"{open_applications(task_queue)} AND {_applied_to(posting, positions)}"
    key = sha256(f"{which} {closed_at.isoformat()}".encode()).hexdigest()[:32]
    request = StartBatchOperationRequest(
        namespace=client.namespace,
        job_id=f"position-closed-{key}",
        visibility_query=which,
        reason="the position was closed",
        signal_operation=BatchOperationSignal(
            signal="position_closed", input=Payloads(payloads=[payload])
        ),
    )
    for patience in reversed(range(_BATCH_TRIES)):
        try:
            await client.workflow_service.start_batch_operation(
                request, timeout=_RPC_TIMEOUT
            )
        except RPCError as error:
            if error.status is RPCStatusCode.ALREADY_EXISTS:
                return
            # A namespace has one batch operation at a time; many ads close at once.
            if error.status is not RPCStatusCode.RESOURCE_EXHAUSTED or not patience:
                raise TemporalUnavailableError(
                    f"signal failed: {error.status.name}"
                ) from None
            await asyncio.sleep(_BATCH_PAUSE)
        except RuntimeError:
            # What a lazy client raises until it has connected once.
            raise TemporalUnavailableError("signal failed: not connected") from None
        else:
            return


async def close_posting(
    client: Client, task_queue: str, closing: PostingClosed
) -> None:
    """
    Tell the open applications of an ad that its board has closed; others may be open.

    Old news is a replay, and might close what was opened again since. News that is
    lost is harmless: it only moves a date later.
    """
    if datetime.now(UTC) - closing.closed_at > _MAX_NEWS_AGE:
        return
    try:
        await signal_closed(
            client, closing.closed_at, task_queue=task_queue, posting=closing.posting
        )
    except TemporalUnavailableError as error:
        log.warning("closing not told", posting=closing.posting, reason=str(error))


def _applied_to(posting: str | None, positions: Sequence[Position]) -> str:
    ways = [_is(attributes.POSTING, posting)] if posting else []
    ways += [_is_for(position) for position in positions]
    return " OR ".join(ways).join("()")


def _is_for(position: Position) -> str:
    """Find who applied for a position; references are unique to a hirer only."""
    is_named = _is(attributes.POSITION, position.reference)
    if position.hirer is None:
        return is_named
    return f"({is_named} AND {_is(attributes.HIRER, position.hirer)})"


def _is(attribute: SearchAttributeKey[str], text: str) -> str:
    return f"{attribute.name} = {quoted(attributes.fit(text))}"

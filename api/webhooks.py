"""Where boards give notice of what they have for us."""

from datetime import UTC, datetime

import structlog
from anyio import to_thread
from fastapi import APIRouter, BackgroundTasks, Request, status

from api.board_answers import NOTICE_ANSWERS, NOTICE_BODY
from api.request_ids import request_id_of
from api.services import Given, OpenWebhook, Services
from boards.base import Notices
from domain.errors import DamagedError, TooLargeError

# Ten events are some 5 KB; this much is held in memory before the signature is known.
_MOST_BYTES = 1024 * 1024

router = APIRouter(tags=["boards"])
log = structlog.get_logger()


@router.post(
    "/webhooks/{board}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=NOTICE_ANSWERS,
    openapi_extra=NOTICE_BODY,
)
async def receive(
    request: Request, at: OpenWebhook, given: Given, after: BackgroundTasks
) -> None:
    """
    Take a signed notice: 204 once every event in it is durable.

    Types of events that nothing is done about are accepted too.
    """
    request.state.notice_board = at.board.name
    body = await _body(request, min(given.limits.body_bytes, _MOST_BYTES))
    notices = at.board.notices(body, request.headers, at.secrets, datetime.now(UTC))
    async with given.starter.answering():
        await to_thread.run_sync(
            _keep, given, notices, limiter=request.app.state.blocking
        )
    for delivery in notices.deliveries:
        given.starter.offer(delivery.application_id, request_id_of(request))
    for closing in notices.closings:
        after.add_task(given.signal_closed, closing)
    count = given.metrics.events.labels
    count(at.board.name, "application").inc(len(notices.deliveries))
    count(at.board.name, "closing").inc(len(notices.closings))
    count(at.board.name, "other").inc(len(notices.others))
    given.metrics.answers.labels(at.board.name, "accepted").inc()
    log.info(
        "notice accepted",
        board=at.board.name,
        applications=[one.application_id for one in notices.deliveries],
        closed=[one.posting for one in notices.closings],
        others=notices.others,
        request_id=request_id_of(request),
    )


def _keep(given: Services, notices: Notices) -> None:
    for delivery in notices.deliveries:
        given.applications.accept(delivery, {})
    for closing in notices.closings:
        try:
            given.close_posting(closing.posting, closing.closed_at)
        except DamagedError as error:
            # SEEK must not send all of it again for ever: applications are safe.
            log.error("position not closed", reason=str(error))  # noqa: TRY400


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLargeError("the body is too large")
    return bytes(body)

"""Where boards give notice of what they have for us."""

from datetime import UTC, datetime
from functools import partial
from time import perf_counter

import structlog
from fastapi import APIRouter, BackgroundTasks, Request, status

from api.board_answers import NOTICE_ANSWERS, NOTICE_BODY
from api.bodies import whole
from api.dependencies import Given, OpenWebhook, Services
from api.request_ids import request_id_of
from letterbox.boards.base import Notices

# Ten events are some 5 KB; this much is held in memory before the signature is known.
_MAX_BYTES = 1024 * 1024

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
    Take a signed notice: 204 once every event in it that can be read is durable.

    Types of events that nothing is done about are accepted too.
    """
    request.state.notice_board = at.board.name
    began = perf_counter()
    most = given.limits.body_bytes
    body = await whole(request, min(most, _MAX_BYTES), drained=most)
    notices = at.board.notices(body, request.headers, at.secrets, datetime.now(UTC))
    try:
        async with given.starter.answering():
            await given.in_time(partial(_keep, given, notices))
    finally:
        # Of what is signed only, kept or not.
        given.metrics.seconds.labels(at.board.name).observe(perf_counter() - began)
    for submission in notices.submissions:
        given.starter.offer(submission.application_id, request_id_of(request))
    for closing in notices.closings:
        after.add_task(given.signal_closed, closing)
    _tell(request, given, at.board.name, notices)


def _keep(given: Services, notices: Notices) -> None:
    for submission in notices.submissions:
        given.applications.accept(submission, {})


def _tell(request: Request, given: Services, board: str, notices: Notices) -> None:
    count = given.metrics.events.labels
    count(board, "application").inc(len(notices.submissions))
    count(board, "closing").inc(len(notices.closings))
    count(board, "other").inc(len(notices.others))
    count(board, "unreadable").inc(notices.unreadable)
    given.metrics.answers.labels(board, "accepted").inc()
    if notices.unreadable:
        log.error("events that cannot be read", board=board, count=notices.unreadable)
    log.info(
        "notice accepted",
        board=board,
        applications=[one.application_id for one in notices.submissions],
        closed=[one.posting for one in notices.closings],
        others=notices.others,
        request_id=request_id_of(request),
    )

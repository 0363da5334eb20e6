"""Where boards give notice of what they have for us."""

import asyncio
from collections.abc import Sequence
from functools import partial
from time import perf_counter

import structlog
from fastapi import APIRouter, BackgroundTasks, Request, status

from api.dependencies import Services
from api.request_ids import request_id_of
from api.verified import NoticesDep, VerifiedNotices
from letterbox.boards.fetching import Notices
from letterbox.domain.ports import Applications
from letterbox.domain.submission import Submission
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

# Each board's own address is documented by api/board_openapi.py.
router = APIRouter(include_in_schema=False)
# As many as SEEK sends in one request; others need threads, too.
_CONCURRENCY = 10
log = structlog.get_logger()


@router.post("/webhooks/{board}", status_code=status.HTTP_204_NO_CONTENT)
async def receive(
    request: Request,
    verified: NoticesDep,
    services: Services,
    background: BackgroundTasks,
) -> None:
    """Accept notices: 204 once every event that can be read is durable."""
    notices, request_id = verified.notices, request_id_of(request)
    try:
        async with services.starter.answering():
            await _accept(services, notices)
            # Temporal alone keeps these: while it is away, 503 has them sent again.
            await services.follow_news(verified.board, notices)
    finally:
        # Of what is signed only, kept or not.
        seconds = services.metrics.seconds.labels(verified.board)
        seconds.observe(perf_counter() - verified.began)
    for submission in notices.submissions:
        services.starter.offer(submission.application_id, request_id)
    for closing in notices.closings:
        background.add_task(services.signal_closed, closing)
    _note(services, verified, request_id)


async def _accept(services: Services, notices: Notices) -> None:
    """Write several at once: a disk syncs them about as fast as one."""
    parts = [notices.submissions[first::_CONCURRENCY] for first in range(_CONCURRENCY)]
    accept = partial(_accept_each, services.applications)
    work = (partial(accept, part) for part in parts if part)
    await asyncio.gather(*map(services.in_time, work))


def _accept_each(applications: Applications, submissions: Sequence[Submission]) -> None:
    for submission in submissions:
        applications.accept(submission, {})


def _note(services: Services, verified: VerifiedNotices, request_id: str) -> None:
    """Count the events by what they are, and log them by their ids."""
    board, notices = verified.board, verified.notices
    count = services.metrics.events.labels
    count(board, "application").inc(len(notices.submissions))
    count(board, "closing").inc(len(notices.closings))
    count(board, "hirer").inc(len(notices.hirers))
    count(board, "posting").inc(len(notices.postings))
    count(board, "other").inc(len(notices.others))
    count(board, "unreadable").inc(notices.unreadable)
    services.metrics.answers.labels(board, "accepted").inc()
    if notices.unreadable:
        log.error("events that cannot be read", board=board, count=notices.unreadable)
    for submission in notices.submissions:
        note(Transition.RECEIVED, submission.application_id)
    if notices.closings or notices.hirers or notices.postings or notices.others:
        log.info(
            "notice accepted",
            board=board,
            closed=[closing.posting for closing in notices.closings],
            hirers=notices.hirers,
            postings=notices.postings,
            others=notices.others,
            request_id=request_id,
        )

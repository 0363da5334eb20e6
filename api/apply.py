"""Where boards post whole applications."""

from datetime import UTC, datetime
from functools import partial
from time import perf_counter

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.acceptance import Outcome
from api.board_answers import FORM_BODY, form_answers
from api.bodies import chunks
from api.dependencies import Given, Open, OpenBoard, Services
from api.form_shapes import FormShape
from api.multipart.form import ReceivedForm, read_form
from api.request_ids import request_id_of
from letterbox.boards.base import Answer, FormBoard
from letterbox.domain.repeats import Repeat
from letterbox.domain.submission import Submission

_DROPPED = {Repeat.SURPLUS, Repeat.ENDED}

router = APIRouter(tags=["boards"])
log = structlog.get_logger()


@router.post("/apply/{board}", responses=form_answers(), openapi_extra=FORM_BODY)
async def apply(request: Request, at: Open, given: Given) -> JSONResponse:
    """
    Take one application, posted as multipart/form-data and signed.

    The answer is in the board's own words. ``accepted`` means durable: a repeat is
    harmless and answered the same.
    """
    began = perf_counter()
    async with given.starter.answering():
        content_type = request.headers.get("content-type")
        shape = request.state.form_shape = FormShape()
        body = chunks(request)
        async with read_form(body, content_type, given.limits, shape) as received:
            submission = at.board.receive(received.form, at.secrets, datetime.now(UTC))
            # Only what is signed is measured: a stranger may be slow on purpose.
            request.state.began = began
            outcome = await _taken_in(given, at, received, submission)
    _tell(given, at, submission, outcome, request_id_of(request))
    return respond(request, given, at.board, outcome.answer)


async def _taken_in(
    given: Services, at: OpenBoard, received: ReceivedForm, submission: Submission
) -> Outcome:
    return await given.in_time(
        partial(
            given.intake.take_in,
            submission,
            at.board.read(submission),
            received.contents,
        )
    )


def _tell(
    given: Services,
    at: OpenBoard,
    submission: Submission,
    outcome: Outcome,
    request_id: str | None,
) -> None:
    """Log it by its id, count it, and have it started where something was kept."""
    log.info(
        "application answered",
        application=submission.application_id,
        answer=outcome.answer,
        repeat=outcome.repeat,
        documents=len(submission.documents),
    )
    if outcome.repeat in _DROPPED:
        given.metrics.dropped.labels(at.board.name).inc()
    if outcome.answer is Answer.ACCEPTED and outcome.repeat is Repeat.NEW:
        given.starter.offer(submission.application_id, request_id)


def respond(  # noqa: PLR0913 the answer, and what is known of the request
    request: Request,
    given: Services,
    board: FormBoard,
    answer: Answer,
    detail: str | None = None,
    *,
    counted_as: str | None = None,
) -> JSONResponse:
    """
    Say it in the board's words, and count it.

    ``counted_as`` tells a sender's fault from ours, where the board has one word for
    both.
    """
    status, words = board.answers[answer]
    given.metrics.answers.labels(board.name, counted_as or answer).inc()
    if began := getattr(request.state, "began", None):
        given.metrics.seconds.labels(board.name).observe(perf_counter() - began)
    body = {"status": words} | ({"detail": detail} if detail else {})
    return JSONResponse(body, status)

"""Where boards post whole applications."""

from datetime import UTC, datetime
from time import perf_counter

import structlog
from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.board_answers import FORM_BODY, form_answers
from api.forms import read_form
from api.request_ids import request_id_of
from api.services import Given, Open, Services
from boards.base import Answer, FormBoard

router = APIRouter(tags=["boards"])
log = structlog.get_logger()


@router.post("/apply/{board}", responses=form_answers(), openapi_extra=FORM_BODY)
async def apply(request: Request, at: Open, given: Given) -> JSONResponse:
    """
    Take one application, posted as multipart/form-data and signed.

    The answer is in the board's own words. ``accepted`` means durable: a repeat is
    harmless and answered the same.
    """
    request.state.began = perf_counter()
    async with given.starter.answering():
        content_type = request.headers.get("content-type")
        async with read_form(request.stream(), content_type, given.limits) as received:
            delivery = at.board.receive(received.form, at.secrets, datetime.now(UTC))
            answer = await to_thread.run_sync(
                given.intake.take_in,
                delivery,
                at.board.read(delivery),
                received.contents,
                limiter=request.app.state.blocking,
            )
        log.info(
            "application answered",
            application=delivery.application_id,
            answer=answer,
            documents=len(delivery.documents),
        )
    if answer is Answer.ACCEPTED:
        given.starter.offer(delivery.application_id, request_id_of(request))
    return respond(request, given, at.board, answer)


def respond(
    request: Request,
    given: Services,
    board: FormBoard,
    answer: Answer,
    detail: str | None = None,
) -> JSONResponse:
    """Say it in the board's words, and count it."""
    status, words = board.answers[answer]
    given.metrics.answers.labels(board.name, answer).inc()
    if began := getattr(request.state, "began", None):
        given.metrics.seconds.labels(board.name).observe(perf_counter() - began)
    body = {"status": words} | ({"detail": detail} if detail else {})
    return JSONResponse(body, status)

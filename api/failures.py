"""Our errors in HTTP's terms: one of the two translators."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from api.apply import respond
from boards.base import Answer
from domain.errors import LetterboxError, SignatureError

log = structlog.get_logger()


def translate_failures(app: FastAPI) -> None:
    """Have every failure answered: to a board in its words, to others by RFC 9457."""
    app.add_exception_handler(LetterboxError, _ours)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    status = (
        error.status
        if isinstance(error, LetterboxError)
        else HTTPStatus.INTERNAL_SERVER_ERROR
    )
    log.info(
        "refused",
        error=type(error).__name__,
        reason=str(error),
        request_id=request.headers.get("X-Request-Id"),
    )
    if name := getattr(request.state, "notice_board", None):
        given = request.app.state.services
        given.metrics.answers.labels(name, type(error).__name__).inc()
    if board := getattr(request.state, "board", None):
        if isinstance(error, SignatureError):
            return respond(
                request, request.app.state.services, board, Answer.INVALID_SOURCE
            )
        return respond(
            request, request.app.state.services, board, Answer.UNEXPECTED, str(error)
        )
    return _problem(status, str(error))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # Its text may quote a candidate, so nobody is told; the log gets type and place.
    log.error("unexpected error", exc_info=error)
    if board := getattr(request.state, "board", None):
        return respond(request, request.app.state.services, board, Answer.UNEXPECTED)
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "see the log of the API")


def _problem(status: HTTPStatus, detail: str) -> JSONResponse:
    return JSONResponse(
        {"title": status.phrase, "status": status, "detail": detail},
        status,
        media_type="application/problem+json",
    )

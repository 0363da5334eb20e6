"""Our errors in HTTP's terms: one of the two translators."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from api.apply import respond
from api.form_shapes import note_refused_form
from api.operator.problems import problem
from api.request_ids import request_id_of
from letterbox.boards.base import Answer
from letterbox.domain.errors import LetterboxError, MalformedError, SignatureError

_OF_BOARDS = ("/apply/", "/webhooks/")
_MALFORMED = "malformed"

log = structlog.get_logger()


def translate_failures(app: FastAPI) -> None:
    """Have every failure answered: to a board in its words, to others by RFC 9457."""
    app.add_exception_handler(LetterboxError, _ours)
    app.add_exception_handler(StarletteHTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _undocumented)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, LetterboxError):
        return await _unexpected(request, error)
    log.info(
        "refused",
        error=type(error).__name__,
        reason=str(error),
        request_id=request_id_of(request),
    )
    if name := getattr(request.state, "notice_board", None):
        given = request.app.state.services
        given.metrics.answers.labels(name, _counted_as(error)).inc()
    if getattr(request.state, "board", None):
        return _to_board(request, error)
    return problem(error.status, str(error))


def _to_board(request: Request, error: LetterboxError) -> JSONResponse:
    given, board = request.app.state.services, request.state.board
    if isinstance(error, MalformedError) and hasattr(request.state, "form_shape"):
        shape = request.state.form_shape
        note_refused_form(given.metrics.refused_forms, board.name, shape)
    if isinstance(error, SignatureError):
        return respond(request, given, board, Answer.INVALID_SOURCE)
    return respond(
        request,
        given,
        board,
        Answer.UNEXPECTED,
        str(error),
        counted_as=_counted_as(error),
    )


def _counted_as(error: LetterboxError) -> str:
    """Keep what anybody can send apart from what is wrong on our side."""
    if isinstance(error, SignatureError):
        return Answer.INVALID_SOURCE
    return _MALFORMED if isinstance(error, MalformedError) else Answer.UNEXPECTED


async def _of_http(request: Request, error: Exception) -> Response:
    """Say by RFC 9457 what HTTP itself has a status for; boards know it as it was."""
    if not isinstance(error, HTTPException | StarletteHTTPException):
        return await _unexpected(request, error)
    if request.url.path.startswith(_OF_BOARDS):
        return await http_exception_handler(request, error)
    log.info(
        "refused",
        status=error.status_code,
        request_id=request_id_of(request),
    )
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": _allowed(request)}
    told = error.detail if isinstance(error.detail, dict) else {"detail": error.detail}
    return problem(HTTPStatus(error.status_code), headers=headers, **told)


def _allowed(request: Request) -> str:
    """Name every method of an address; FastAPI has a route for each, and names one."""
    paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    path = getattr(request.scope.get("route"), "path_format", "")
    return ", ".join(sorted(method.upper() for method in paths.get(path, ())))


async def _undocumented(request: Request, error: Exception) -> Response:
    """Tell what is wrong with a request, and nothing of what was sent."""
    if not isinstance(error, RequestValidationError):
        return await _unexpected(request, error)
    faults = [_fault(one["loc"], one["type"], one["msg"]) for one in error.errors()]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "the request is not as documented",
        errors=faults,
    )


def _fault(at: tuple[object, ...], kind: str, message: str) -> dict[str, object]:
    # The name of what should not be there is the sender's.
    named = at[:-1] if kind == "extra_forbidden" else at
    return {"at": [str(part) for part in named], "problem": message}


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # Its text may quote a candidate, so nobody is told; the log gets type and place.
    log.error("unexpected error", exc_info=error)
    if name := getattr(request.state, "notice_board", None):
        given = request.app.state.services
        given.metrics.answers.labels(name, Answer.UNEXPECTED).inc()
    if board := getattr(request.state, "board", None):
        return respond(request, request.app.state.services, board, Answer.UNEXPECTED)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "see the log of the API")

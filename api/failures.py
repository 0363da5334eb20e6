"""Our errors in HTTP's terms: one of the two translators."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from api.apply import respond
from api.operator.problems import problem
from api.request_ids import request_id_of
from boards.base import Answer
from domain.errors import LetterboxError, SignatureError

_OF_BOARDS = ("/apply/", "/webhooks/")

log = structlog.get_logger()


def translate_failures(app: FastAPI) -> None:
    """Have every failure answered: to a board in its words, to others by RFC 9457."""
    app.add_exception_handler(LetterboxError, _ours)
    app.add_exception_handler(StarletteHTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _undocumented)
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
        request_id=request_id_of(request),
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
    return problem(status, str(error))


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
    if board := getattr(request.state, "board", None):
        return respond(request, request.app.state.services, board, Answer.UNEXPECTED)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "see the log of the API")

"""Our errors in HTTP's terms: one of the two translators."""

import errno
import re
from http import HTTPStatus
from urllib.parse import unquote

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue
from starlette.exceptions import HTTPException as StarletteHTTPException

from api.board_responses import respond
from api.dependencies import ApiServices
from api.metrics import CROWDED_ID, Metrics
from api.multipart.shapes import note_refused_form
from api.operator.problems import problem
from api.request_ids import request_id_of
from api.unknown_fields import unknown_field
from letterbox.boards.base import Outcome
from letterbox.domain.errors import (
    CrowdedIdError,
    DamagedError,
    LetterboxError,
    LocalDiskError,
    MalformedError,
    SignatureError,
    StoreUnavailableError,
    TemporalUnavailableError,
    TooLargeError,
)
from letterbox.domain.patterns import message_of

_OF_BOARDS = ("/apply/", "/webhooks/")
_MALFORMED = "malformed"
# An address of a person is none, whoever typed it.
_ID = re.compile(r"[a-z]{1,50}:[A-Za-z0-9:_-]{1,300}")
# By api/operator/auth.py, with the peer.
_LOGGED_BEFORE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
_TO_DO: dict[type[LetterboxError], str] = {
    DamagedError: "see `letterbox audit`",
    LocalDiskError: "make room in this machine's temporary folder (TMPDIR), or allow "
    "more open files",
    StoreUnavailableError: "bring the store back: `letterbox doctor` says what fails",
    TemporalUnavailableError: "are Temporal and a worker running? See "
    "`letterbox doctor`",
}
_OUTCOMES: tuple[tuple[type[LetterboxError], Outcome], ...] = (
    (TooLargeError, Outcome.TOO_LARGE),
    (MalformedError, Outcome.MALFORMED),
    (StoreUnavailableError, Outcome.UNAVAILABLE),
    (CrowdedIdError, Outcome.UNAVAILABLE),
)

log = structlog.get_logger()


def translate_failures(app: FastAPI) -> None:
    """Answer every failure: to a board in its words, to others by RFC 9457."""
    app.add_exception_handler(LetterboxError, _ours)
    app.add_exception_handler(OSError, _of_system)
    app.add_exception_handler(StarletteHTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _undocumented)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, LetterboxError):
        return await _unexpected(request, error)
    _log(request, error)
    _count_notice(request, _counted_as(error))
    if getattr(request.state, "board", None):
        return _to_board(request, error)
    return problem(error.status, str(error))


async def _of_system(request: Request, error: Exception) -> Response:
    """Answer what the disk denies as an outage: sent again, it may well be taken."""
    # These are no disk's: Python has them below OSError all the same.
    is_network = isinstance(error, TimeoutError | ConnectionError)
    if is_network or not isinstance(error, OSError):
        return await _unexpected(request, error)
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return await _ours(request, LocalDiskError(f"temporary file: {code}", code=code))


def _log(request: Request, error: LetterboxError) -> None:
    """Log a refusal as the sender's or a rule's doing, and an outage as ours."""
    about = {"error": type(error).__name__, "reason": str(error), **_where(request)}
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        log.info("refused", **about)
        return
    if isinstance(error, CrowdedIdError):
        log.error("an id is crowded", **about)
        return
    if asked := _asked_id(request):
        about.setdefault("application", asked)
    is_local = isinstance(error, LocalDiskError)
    if isinstance(error, StoreUnavailableError) and not is_local:
        about["store"] = request.app.state.services.store_name
    log.error("unavailable", **about, do=_TO_DO.get(type(error), "`letterbox doctor`"))


def _where(request: Request) -> dict[str, object]:
    """Describe the request by its route, not by its path, which may hold anything."""
    board = getattr(request.state, "board", None)
    known = {
        "method": request.method,
        "path": getattr(request.scope.get("route"), "path_format", None),
        "board": board.name if board else getattr(request.state, "notice_board", None),
        "application": getattr(request.state, "application", None),
        "request_id": request_id_of(request),
    }
    return {name: value for name, value in known.items() if value is not None}


def _asked_id(request: Request) -> str | None:
    """Return the id of an operator's request, if it looks like one."""
    id_ = unquote(request.path_params.get("application_id", ""))
    return id_ if _ID.fullmatch(id_) else None


def _metrics(request: Request) -> Metrics:
    services: ApiServices = request.app.state.services
    return services.metrics


def _count_notice(request: Request, counted_as: str) -> None:
    if board := getattr(request.state, "notice_board", None):
        _metrics(request).answers.labels(board, counted_as).inc()


def _to_board(request: Request, error: LetterboxError) -> Response:
    metrics, board = _metrics(request), request.state.board
    if isinstance(error, MalformedError) and hasattr(request.state, "form_shape"):
        shape = request.state.form_shape
        note_refused_form(metrics.refused_forms, board.name, shape)
    if isinstance(error, SignatureError):
        return respond(request, metrics, board, Outcome.INVALID_SOURCE)
    outcome = next(
        (outcome for kind, outcome in _OUTCOMES if isinstance(error, kind)),
        Outcome.UNEXPECTED,
    )
    return respond(
        request,
        metrics,
        board,
        outcome,
        _told_board(error),
        counted_as=_counted_as(error),
        more=_of_field(error),
    )


def _told_board(error: LetterboxError) -> str:
    """Say what is wrong; which call of the store failed, and how, is for our log."""
    if isinstance(error, StoreUnavailableError):
        return "it cannot be stored at the moment: send it again"
    return str(error)


def _of_field(error: LetterboxError) -> dict[str, JsonValue]:
    """Say what is wrong where, if the sender has a name for it."""
    if not isinstance(error, MalformedError) or error.field is None:
        return {}
    fault: dict[str, JsonValue] = {"at": [error.field], "problem": str(error)}
    return {"errors": [fault]}


def _counted_as(error: LetterboxError) -> str:
    """Keep what anybody can send apart from what is wrong on our side."""
    if isinstance(error, SignatureError):
        return Outcome.INVALID_SOURCE
    if isinstance(error, CrowdedIdError):
        return CROWDED_ID
    return _MALFORMED if isinstance(error, MalformedError) else Outcome.UNEXPECTED


async def _of_http(request: Request, error: Exception) -> Response:
    """Answer by RFC 9457 what HTTP has a status for; a board that speaks, simpler."""
    if not isinstance(error, HTTPException | StarletteHTTPException):
        return await _unexpected(request, error)
    if getattr(request.state, "board", None):
        return await http_exception_handler(request, error)
    if error.status_code not in _LOGGED_BEFORE:
        log.info("refused", status=int(error.status_code), **_where(request))
    headers, detail = error.headers, error.detail
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # What is no part of the document has one route, which says what it takes.
        headers = {**(headers or {}), **_allowed(request)}
        if request.url.path.startswith(_OF_BOARDS):
            headers.setdefault("Allow", "POST")
        if allowed := headers.get("Allow"):
            detail = f"this address takes {allowed}"
    members = detail if isinstance(detail, dict) else {"detail": detail}
    return problem(HTTPStatus(error.status_code), headers=headers, **members)


def _allowed(request: Request) -> dict[str, str]:
    """List every method of an address; FastAPI has a route for each, and names one."""
    paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    path = getattr(request.scope.get("route"), "path_format", "")
    # Each board has an address of its own there.
    known = paths.get(request.url.path) or paths.get(path) or {}
    methods = {method.upper() for method in known}
    if "GET" in methods:
        methods.add("HEAD")
    return {"Allow": ", ".join(sorted(methods))} if methods else {}


async def _undocumented(request: Request, error: Exception) -> Response:
    """Answer what is wrong with a request, and nothing of what was sent."""
    if not isinstance(error, RequestValidationError):
        return await _unexpected(request, error)
    faults: list[dict[str, object]] = []
    for found in error.errors():
        fault = _fault(
            request,
            found["loc"],
            found["type"],
            message_of(found["type"], found["msg"], found.get("ctx")),
        )
        # What several dependencies take is wrong once.
        if fault not in faults:
            faults.append(fault)
    # Not what is wrong: it may name what was sent.
    reason = "the request is not valid"
    log.info("refused", status=422, reason=reason, **_where(request))
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "the request is not valid",
        errors=faults,
    )


def _fault(
    request: Request, at: tuple[object, ...], kind: str, message: str
) -> dict[str, object]:
    if kind == "extra_forbidden":
        if unknown := unknown_field(request, at):
            message = unknown
        else:
            # The name of what should not be there is the sender's.
            at = at[:-1]
    if tuple(at) == ("body",) and not _is_json(request):
        message = "send Content-Type: application/json"
        if kind == "missing":
            message = "send a JSON body, with Content-Type: application/json"
    return {"at": [str(part) for part in at], "problem": message}


def _is_json(request: Request) -> bool:
    """Return whether the body says that it is JSON; without one, nothing is said."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    return media_type.lower() == "application/json" or media_type.endswith("+json")


async def _unexpected(request: Request, error: Exception) -> Response:
    # Its text may quote a candidate, so nobody is told; the log gets type and place.
    log.error("unexpected error", exc_info=error, **_where(request))
    _count_notice(request, Outcome.UNEXPECTED)
    if board := getattr(request.state, "board", None):
        return respond(request, _metrics(request), board, Outcome.UNEXPECTED)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "see the log of the API")

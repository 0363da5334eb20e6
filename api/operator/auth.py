"""The token of the operator API, and the log of every access."""

import hmac
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.types import Message, Receive

from api.operator.attempts import peer_of
from api.operator.dependencies import operator_services_of
from api.request_ids import request_id_of

_MAX_BYTES = 1024 * 1024
# Nothing of a candidate stays in a cache, and no browser makes of it what it is not.
_SAFE_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
}

# For OpenAPI only: FastAPI reads the body before it asks a dependency.
bearer = HTTPBearer(
    auto_error=False,
    scheme_name="operator",
    description="A token of `LETTERBOX_OPERATOR_TOKEN`. If none "
    "is set, the API is off.",
)
log = structlog.get_logger()


class OperatorRoute(APIRoute):
    """A route that checks the token before the body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the check and a limit of the body before what FastAPI does."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            _check_token(request)
            limited = Request(request.scope, _limited(request.receive))
            response = await handle(limited)
            response.headers.update(_SAFE_HEADERS)
            return response

        return guarded


def log_access(request: Request, what: str, **about: Any) -> None:
    """
    Log an access by the ids of what was accessed.

    Whose it was is in ``about``, or is found by the id of the request.
    """
    log.info(what, request_id=request_id_of(request), **about)


def log_asked(request: Request, application_id: str, action: str, by: str) -> None:
    """Log that a change was asked for; the worker logs it when it is made."""
    log_access(request, "asked", application=application_id, action=action, by=by)


def _check_token(request: Request) -> None:
    headers = [
        value for name, value in request.scope["headers"] if name == b"authorization"
    ]
    header = headers[0] if len(headers) == 1 else b""
    scheme, _, token = header.partition(b" ")
    services = operator_services_of(request)
    fits = [hmac.compare_digest(token.strip(), valid) for valid in services.tokens]
    if scheme.lower() == b"bearer" and any(fits):
        return
    peer = peer_of(request)
    wait = services.attempts.fail(peer) if headers else None
    # The path's pattern: the path itself may hold anything.
    path = getattr(request.scope.get("route"), "path_format", "")
    log.warning(
        "operator token refused",
        method=request.method,
        path=path,
        peer=peer,
        limited=bool(wait),
    )
    if wait:
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too many wrong bearer tokens",
            {"Retry-After": str(wait)},
        )
    raise HTTPException(
        HTTPStatus.UNAUTHORIZED,
        "the bearer token is missing or wrong",
        {"WWW-Authenticate": "Bearer"},
    )


def _limited(receive: Receive) -> Receive:
    """Refuse a body that is far larger than any that makes sense here."""
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > _MAX_BYTES:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"
            )
        return message

    return limited

"""Who may call the operator API, and the note that is made of it."""

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
from api.operator.dependencies import desk_of
from api.request_ids import request_id_of

_MAX_BYTES = 1024 * 1024
# Nothing of a candidate stays in a cache, and no browser makes of it what it is not.
_HARMLESS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}

# For OpenAPI only: FastAPI reads the body before it asks a dependency.
bearer = HTTPBearer(
    auto_error=False,
    scheme_name="operator",
    description="The token of `LETTERBOX_OPERATOR_TOKEN`. Without one the API is off.",
)
log = structlog.get_logger()


class OperatorRoute(APIRoute):
    """A route for who has the token, which is looked at before the body is."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the check, and a limit of the body, before what FastAPI does."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            _admit(request)
            limited = Request(request.scope, _limited(request.receive))
            response = await handle(limited)
            response.headers.update(_HARMLESS)
            return response

        return guarded


def note(request: Request, what: str, **about: Any) -> None:
    """
    Log an access by the ids of what was accessed.

    Who it was is told by the caller, or found by the id of the request.
    """
    log.info(what, request_id=request_id_of(request), **about)


def _admit(request: Request) -> None:
    given = [
        value for name, value in request.scope["headers"] if name == b"authorization"
    ]
    scheme, _, token = given[0].partition(b" ") if len(given) == 1 else (b"", b"", b"")
    desk = desk_of(request)
    fits = [hmac.compare_digest(token.strip(), one) for one in desk.tokens]
    if scheme.lower() == b"bearer" and any(fits):
        return
    peer = peer_of(request)
    wait = desk.attempts.fail(peer) if given else None
    # The path's pattern: what stands in its place may be anything.
    path = getattr(request.scope.get("route"), "path_format", "")
    log.warning("operator token refused", path=path, peer=peer, limited=bool(wait))
    if wait:
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too many wrong bearer tokens",
            {"Retry-After": str(wait)},
        )
    raise HTTPException(
        HTTPStatus.UNAUTHORIZED,
        "the bearer token is absent or wrong",
        {"WWW-Authenticate": "Bearer"},
    )


def _limited(receive: Receive) -> Receive:
    """Give up on a body that is far larger than any that makes sense here."""
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

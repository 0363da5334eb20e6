"""Who calls the operator API, and what each of its routes needs."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

import structlog
from anyio import move_on_after, to_thread
from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.types import Message, Receive

from api.operator.attempts import peer_of
from api.operator.dependencies import operator_services_of
from api.operator.lookup import refuse_if_hidden
from letterbox.domain.operators import Caller, Operator, Permission, roles_with

_MAX_BYTES = 1024 * 1024
_REFRESH_TIMEOUT = 2.0
# Nothing of a candidate stays in a cache, and no browser makes of it what it is not.
_SAFE_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
}

# For OpenAPI only: FastAPI reads the body before it asks a dependency.
bearer = HTTPBearer(
    auto_error=False,
    scheme_name="operator",
    description="A token of `LETTERBOX_OPERATOR_TOKEN`, or of an operator in the file "
    "`LETTERBOX_OPERATORS`. If neither is set, the API is off.",
)
_PERMISSION = "x-permission"
log = structlog.get_logger()


def needs(permission: Permission) -> dict[str, Any]:
    """Return the ``openapi_extra`` of a route that needs a permission."""
    return {_PERMISSION: permission.value, "x-roles": roles_with(permission)}


class OperatorRoute(APIRoute):
    """
    A route that checks who calls, and what they may, before the body is read.

    It is refused (KeyError) without ``openapi_extra=needs(…)``. Where its address
    names an application, only those who see that application come in: others are
    answered as if there were none.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the checks and a limit of the body before what FastAPI does."""
        handle = super().get_route_handler()
        permission = permission_of(self)

        async def guarded(request: Request) -> Response:
            await admit(request, await _identify(request), permission)
            limited = Request(request.scope, limited_to(_MAX_BYTES, request.receive))
            response = await handle(limited)
            response.headers.update(_SAFE_HEADERS)
            return response

        return guarded


def permission_of(route: APIRoute) -> Permission:
    """Return what a route needs (KeyError where it does not say)."""
    return Permission((route.openapi_extra or {})[_PERMISSION])


async def admit(request: Request, caller: Caller, permission: Permission) -> None:
    """Let a caller in who may do it, with the application that the address names."""
    request.state.caller = caller
    caller.operator.require(permission)
    await _refuse_hidden(request, caller.operator)


def operator_of(request: Request) -> Operator:
    """Return who calls, as the route has recognised them."""
    return caller_of(request).operator


def caller_of(request: Request) -> Caller:
    """Return who calls, with the name of the token they were recognised by."""
    return cast("Caller", request.state.caller)


async def recognise(request: Request, token: bytes) -> Caller:
    """
    Return whose token it is (401, and 429 after too many wrong ones of a peer).

    The right one opens whatever others at the same address do. Nothing is computed for
    a token that names none, and little for one that names another's.
    """
    services = operator_services_of(request)
    callers = services.callers
    await refresh_callers(request)
    if caller := callers.known(token):
        return caller
    if (name := callers.token_name(token)) and (
        caller := await _verify(request, name, token)
    ):
        return caller
    if callers.is_unread:
        # Perhaps it is right: nobody can say.
        raise HTTPException(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "the file of the operators cannot be read: see `letterbox doctor`",
        )
    raise refused_token(request)


async def refresh_callers(request: Request) -> None:
    """Read the file of operators, if it may have changed; one that hangs is left."""
    callers = operator_services_of(request).callers
    if callers.is_due:
        with move_on_after(_REFRESH_TIMEOUT):
            await to_thread.run_sync(callers.refresh, abandon_on_cancel=True)


async def _verify(request: Request, name: str, token: bytes) -> Caller | None:
    """Compute a token, one at a time: of many at once that are the same, the first."""
    services = operator_services_of(request)
    async with services.verifying:
        if caller := services.callers.known(token):
            return caller
        if wait := services.guesses.fail(name):
            raise _too_many(request, peer_of(request), wait)
        return await to_thread.run_sync(services.callers.verify, token)


def refused_token(request: Request, *, is_counted: bool = True) -> HTTPException:
    """Log a token that is missing or wrong, and return the answer to it."""
    peer = peer_of(request)
    wait = operator_services_of(request).attempts.fail(peer) if is_counted else None
    if wait:
        return _too_many(request, peer, wait)
    _log_refused(request, peer, limited=False)
    return HTTPException(
        HTTPStatus.UNAUTHORIZED,
        "the bearer token is missing or wrong",
        {"WWW-Authenticate": "Bearer"},
    )


async def _identify(request: Request) -> Caller:
    headers = [
        value for name, value in request.scope["headers"] if name == b"authorization"
    ]
    header = headers[0] if len(headers) == 1 else b""
    scheme, _, token = header.partition(b" ")
    if scheme.lower() == b"bearer" and token.strip():
        return await recognise(request, token.strip())
    raise refused_token(request, is_counted=bool(headers))


async def _refuse_hidden(request: Request, operator: Operator) -> None:
    asked = request.path_params.get("application_id")
    if asked is not None and operator.hirers is not None:
        services = operator_services_of(request)
        await services.blocking.run(
            refuse_if_hidden, services, operator, unquote(asked)
        )


def _too_many(request: Request, peer: str, wait: int) -> HTTPException:
    _log_refused(request, peer, limited=True)
    return HTTPException(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too many wrong bearer tokens",
        {"Retry-After": str(wait)},
    )


def _log_refused(request: Request, peer: str, *, limited: bool) -> None:
    log.warning(
        "operator token refused",
        method=request.method,
        # The path's pattern: the path itself may hold anything.
        path=getattr(request.scope.get("route"), "path_format", ""),
        peer=peer,
        limited=limited,
    )


def limited_to(most: int, receive: Receive) -> Receive:
    """Refuse a body that is far larger than any that makes sense here."""
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"
            )
        return message

    return limited

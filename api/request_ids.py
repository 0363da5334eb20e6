"""Each request has an id, which leads from the proxy's log to ours and to Temporal."""

import re
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

_HEADER = b"x-request-id"
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class RequestIds:
    """
    Takes the id that the proxy gave a request, or makes one, and answers with it.

    Every line that is logged meanwhile has it. What is not an id, nobody's proxy has
    made: it may be anything, and is neither logged nor given back.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind the id for as long as the request is worked on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _given(scope) or uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with bound_contextvars(request_id=request_id):
            await self._app(scope, receive, answer)


def request_id_of(request: Request) -> str:
    """Return the id of a request."""
    request_id: str = request.state.request_id
    return request_id


def _given(scope: Scope) -> str | None:
    values = [value for name, value in scope["headers"] if name.lower() == _HEADER]
    is_one = len(values) == 1 and _ID.fullmatch(values[0])
    return values[0].decode() if is_one else None

"""What is done with every request, around its handler."""

from functools import partial
from typing import cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import ApiServices

_OPERATOR_ADDRESSES = ("/applications", "/positions")
_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


class TrailingSlashes:
    """
    Serves an address with slashes at its end as the one without them.

    A redirection would have to name this server as the sender knows it, and many who
    post do not follow one. What is percent-encoded is part of an id, and stays.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route by the address without them."""
        if scope["type"] == "http":
            raw = scope.get("raw_path") or b""
            bare = raw.rstrip(b"/")
            if bare and bare != raw:
                end = len(raw) - len(bare)
                scope = {**scope, "raw_path": bare, "path": scope["path"][:-end]}
        await self._app(scope, receive, send)


class OperatorRequests:
    """Counts what the operator API answers by method and status, whoever answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the status on its way out."""
        if scope["type"] == "http" and scope["path"].startswith(_OPERATOR_ADDRESSES):
            send = partial(_counted, scope, send)
        await self._app(scope, receive, send)


async def _counted(scope: Scope, send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        services = cast("ApiServices", cast("FastAPI", scope["app"]).state.services)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        services.metrics.operator_requests.labels(method, message["status"]).inc()
    await send(message)

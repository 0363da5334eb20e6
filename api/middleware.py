"""What is done with every request, around its handler."""

import re
from functools import partial
from typing import cast
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import ApiServices

# RFC 9112, section 3.2.2: a server accepts a target with scheme and host. The host is
# no concern of ours.
_ORIGIN = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)
_SLASHES = re.compile(rb"/{2,}")
_OPERATOR_ADDRESSES = ("/applications", "/positions", "/journal", "/desk")
_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


class TrailingSlashes:
    """
    Serves an address with slashes at its end, or several in a row, as the one without.

    Who configures an address with a slash at its end gets two in the middle, and some
    clients send scheme and host where a path is enough. A redirection would have to
    name this server as the sender knows it, and many who post do not follow one. What
    is percent-encoded is part of an id, and stays.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route by the address without them."""
        if scope["type"] == "http":
            raw = scope.get("raw_path") or b""
            target = _SLASHES.sub(b"/", _ORIGIN.sub(b"", raw, count=1))
            bare = target.rstrip(b"/") or target
            if bare and bare != raw:
                path = unquote(bare.decode("latin-1"))
                scope = {**scope, "raw_path": bare, "path": path}
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

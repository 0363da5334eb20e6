"""Counts what the operator API answers."""

from functools import partial
from typing import cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import Services

_ADDRESSES = ("/applications", "/positions")
_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


class OperatorRequests:
    """Counts answers by method and status, whoever gives them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the status on its way out."""
        if scope["type"] == "http" and scope["path"].startswith(_ADDRESSES):
            send = partial(_counted, scope, send)
        await self._app(scope, receive, send)


async def _counted(scope: Scope, send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        services = cast("Services", cast("FastAPI", scope["app"]).state.services)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        services.metrics.operator_requests.labels(method, message["status"]).inc()
    await send(message)

"""What every answer of the desk has: headers, and a page where something is wrong."""

import json
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.desk.pages import page

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
}
_PROBLEM = "application/problem+json"


def is_of_desk(path: str) -> bool:
    """Return whether an address is one of the desk's, known or not."""
    return path == "/desk" or path.startswith("/desk/")


class DeskResponses:
    """Gives answers their headers; a problem, whoever noticed it, becomes a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at what is answered on its way out."""
        if scope["type"] == "http" and is_of_desk(scope["path"]):
            send = _Answer(scope, receive, send)
        await self._app(scope, receive, send)


class _Answer:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if headers.get("Content-Type") == _PROBLEM:
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(self._start)
            return
        await self._send(message)

    async def _send_page(self, start: Message) -> None:
        request = Request(self._scope)
        here: str = self._scope.get("raw_path", b"").decode("latin-1")
        problem: dict[str, Any] = json.loads(self._body)
        shown = page(
            request,
            "problem.html",
            start["status"],
            problem={"errors": None} | problem,
            back=here.rpartition("/")[0] or "/desk",
            was_sent=request.method == "POST",
        )
        headers = MutableHeaders(scope=start)
        headers["Content-Type"] = shown.headers["Content-Type"]
        headers["Content-Length"] = str(len(shown.body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(shown.body)})

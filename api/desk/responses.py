"""What every answer of the desk has: headers, and a page where something is wrong."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.desk.pages import page
from api.operator.problems import problem

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
_OURS = 500


def is_of_desk(path: str) -> bool:
    """Return whether an address is one of the desk's, known or not."""
    return path == "/desk" or path.startswith("/desk/")


class DeskResponses:
    """Gives answers their headers; a problem, whoever noticed it, becomes a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at what is answered on its way out."""
        if scope["type"] != "http" or not is_of_desk(scope["path"]):
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        try:
            await self._app(scope, receive, answer)
        except Exception:
            # Whoever is outside of this logs it, and answers what is not answered yet.
            await answer.fail()
            raise


class _Answer:
    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._is_begun = False
        self._start: Message | None = None
        self._body = b""

    async def fail(self) -> None:
        """Answer what nobody has expected, unless an answer has begun."""
        if not self._is_begun:
            body = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "see the log of the API")
            await body(self._scope, _nothing, self)

    async def __call__(self, message: Message) -> None:
        self._is_begun = True
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
        told: dict[str, Any] = json.loads(self._body)
        shown = page(
            request,
            "problem.html",
            start["status"],
            problem={"errors": None} | told,
            back=here.rpartition("/")[0] or "/desk",
            is_refused=request.method == "POST" and start["status"] < _OURS,
        )
        headers = MutableHeaders(scope=start)
        headers["Content-Type"] = shown.headers["Content-Type"]
        headers["Content-Length"] = str(len(shown.body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(shown.body)})


async def _nothing() -> Message:
    return {"type": "http.disconnect"}

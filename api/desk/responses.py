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
_HEADINGS = {
    400: ("This could not be understood", ""),
    403: ("You may not do this", ""),
    404: ("Not found", "It may be erased, or the address is mistyped."),
    405: ("This cannot be opened", "Go on from one of the desk's pages."),
    409: ("This cannot be done now", "Reload the page, and see where it stands."),
    410: ("No longer here", ""),
    413: ("This is too long", "Write less, and send it again."),
    422: ("Something is filled in wrongly", "Go back, correct it, and send it again."),
    429: ("Too many attempts", "Wait a minute."),
    500: ("Something went wrong", "Try again; if it stays, tell who runs Letterbox."),
    503: ("Not available now", "Try again in a minute; nothing is lost."),
}
"""What has happened in the words of who uses the desk, and what to do about it."""
_PROBLEM = "application/problem+json"
_SERVER_ERROR = 500


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
        heading, do = _HEADINGS.get(start["status"], ("This did not work", ""))
        shown = page(
            request,
            "problem.html",
            start["status"],
            problem={"errors": None} | told,
            heading=heading,
            do=do,
            back=here.rpartition("/")[0] or "/desk",
            is_refused=request.method == "POST" and start["status"] < _SERVER_ERROR,
        )
        headers = MutableHeaders(scope=start)
        headers["Content-Type"] = shown.headers["Content-Type"]
        headers["Content-Length"] = str(len(shown.body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(shown.body)})


async def _nothing() -> Message:
    return {"type": "http.disconnect"}

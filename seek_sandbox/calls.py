"""Who called what, for tests to look at."""

from collections import Counter, deque

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seek_sandbox.orders import CallLog, CallSeen
from seek_sandbox.times import now

_KEPT = 20_000
_CONTROL = "/sandbox/"


class Calls:
    """
    Counts every call of SEEK's side, and keeps the last ones.

    ``open`` are those that are not answered yet.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._calls: deque[CallSeen] = deque(maxlen=_KEPT)
        self.open = 0

    def note(self, scope: Scope, status: int) -> None:
        """Note one call that was answered."""
        state = scope.get("state") or {}
        headers = Headers(scope=scope)
        operations: list[str] = state.get("operations") or [scope["path"]]
        self._counts.update(operations)
        self._calls.append(
            CallSeen(
                created_at=now(),
                operation=",".join(operations),
                method=scope["method"],
                path=scope["path"],
                user_agent=headers.get("user-agent"),
                request_id=headers.get("x-request-id"),
                status=status,
            )
        )

    def log(self) -> CallLog:
        """Return what was noted."""
        counts, calls = dict(self._counts), list(self._calls)
        return CallLog(counts=counts, calls=calls, open=self.open)

    def clear(self) -> None:
        """Forget it."""
        self._counts.clear()
        self._calls.clear()


class CallNotes:
    """Notes each call as its answer begins; the control API is not SEEK's."""

    def __init__(self, app: ASGIApp, calls: Calls) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, and note its answer."""
        if scope["type"] != "http" or scope["path"].startswith(_CONTROL):
            await self._app(scope, receive, send)
            return

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._calls.note(scope, message["status"])
            await send(message)

        self._calls.open += 1
        try:
            await self._app(scope, receive, note)
        finally:
            self._calls.open -= 1

"""A slash at the end of an address makes no difference."""

from starlette.types import ASGIApp, Receive, Scope, Send


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

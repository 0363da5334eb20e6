"""Slashes too many, and a whole address where a path is enough, make no difference."""

import re
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

# RFC 9112, section 3.2.2: a server accepts a target with scheme and host. The host is
# no concern of ours.
_ORIGIN = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)
_SLASHES = re.compile(rb"/{2,}")


class TrailingSlashes:
    """
    Serves an address with slashes at its end, or several in a row, as the one without.

    Who configures an address with a slash at its end gets two in the middle. A
    redirection would have to name this server as the sender knows it, and many who
    post do not follow one. What is percent-encoded is part of an id, and stays.
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

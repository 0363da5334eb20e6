"""Ids and references in paths: they are others', and may hold slashes."""

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Path
from pydantic import AfterValidator
from starlette.types import ASGIApp, Receive, Scope, Send

_PREFIXES = ("/applications/", "/positions/", "/desk/applications/")

ApplicationId = Annotated[
    str,
    Path(
        description="Percent-encoded, slashes included.",
        examples=["careerjet:12345678-aaaa-bbbb-cccc-123456789abc"],
    ),
    AfterValidator(unquote),
]
Reference = Annotated[
    str,
    Path(description="Percent-encoded, slashes included.", examples=["DEV-17"]),
    AfterValidator(unquote),
]


class EncodedSlashes:
    """
    Distinguishes a slash in an id from those between the segments of a path.

    A server decodes all of them before anything is routed. Here the segments are
    decoded one by one, and what would be a slash stays encoded until the handler.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route by the path as it was sent."""
        if scope["type"] == "http" and scope["path"].startswith(_PREFIXES):
            raw = scope.get("raw_path") or quote(scope["path"]).encode()
            scope = {**scope, "path": _routable(raw.decode("latin-1"))}
        await self._app(scope, receive, send)


def _routable(raw_path: str) -> str:
    segments = (unquote(segment) for segment in raw_path.split("/"))
    return "/".join(
        segment.replace("%", "%25").replace("/", "%2F") for segment in segments
    )

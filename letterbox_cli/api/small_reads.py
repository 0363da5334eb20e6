"""Connections that read the less at a time, the more of them there are."""

import asyncio
from typing import Any, cast

from letterbox_cli.api.http_limits import MAX_WAITING, LimitedHttpProtocol

_MOST = 256 * 1024
# Of all connections together, and of each at least what may wait.
_TOGETHER = 3 * 1024 * 1024
# One for all: a loop fills it and hands it over before it reads again.
_BUFFER = memoryview(bytearray(_MOST))


class SmallReads(asyncio.BufferedProtocol):
    """
    Reads for the HTTP protocol, and hands on what has come.

    uvloop reads 256 KB at once for a protocol that takes bytes: under many large
    uploads a good part of the API's memory. Two objects, since it asks none for a
    buffer that takes bytes too.
    """

    def __init__(self, *args: Any, **kw: Any) -> None:
        self._http = LimitedHttpProtocol(*args, **kw)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        self._http.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._http.connection_lost(exc)

    def eof_received(self) -> bool:
        """Return whether a response is still to be sent."""
        return self._http.eof_received()

    def pause_writing(self) -> None:
        """Wait with what is sent."""
        self._http.pause_writing()

    def resume_writing(self) -> None:
        """Send on."""
        self._http.resume_writing()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 the loop's wish
        """Return where the next bytes are to be read into."""
        share = _TOGETHER // max(1, len(self._http.connections))
        return _BUFFER[: min(_MOST, max(MAX_WAITING, share))]

    def buffer_updated(self, nbytes: int) -> None:
        """Hand on what was read."""
        self._http.data_received(bytes(_BUFFER[:nbytes]))


SMALL_READS = cast("type[asyncio.Protocol]", SmallReads)
"""As uvicorn declares what it makes for each connection; either kind will do."""

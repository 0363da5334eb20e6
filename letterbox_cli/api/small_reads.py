"""Connections that read the less at a time, the more of them there are."""

import asyncio
from typing import Any, cast

from letterbox_cli.api.http_limits import MAX_WAITING, LimitedHttpProtocol

_MAX_READ_BYTES = 256 * 1024
# Shared by all connections; each gets at least what may wait.
_SHARED_BYTES = 3 * 1024 * 1024
# One for all: a loop fills it and hands it over before it reads again.
_BUFFER = memoryview(bytearray(_MAX_READ_BYTES))


class SmallReads(asyncio.BufferedProtocol):
    """
    Reads for the HTTP protocol into a buffer of ours, and hands on what has come.

    uvloop reads 256 KB at once for a protocol with ``data_received``: under many large
    uploads a good part of the API's memory. It asks for a buffer only where there is no
    such method, and so the HTTP protocol is an object of its own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._http = LimitedHttpProtocol(*args, **kwargs)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the HTTP protocol begin to check the connection."""
        self._http.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the HTTP protocol end what it has begun."""
        self._http.connection_lost(exc)

    def eof_received(self) -> bool:
        """Return whether a response is still to be sent."""
        return self._http.eof_received()

    def pause_writing(self) -> None:
        """Have the HTTP protocol wait: the client takes nothing now."""
        self._http.pause_writing()

    def resume_writing(self) -> None:
        """Have the HTTP protocol send on."""
        self._http.resume_writing()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 the loop's wish
        """Return where the next bytes are to be read into."""
        share = _SHARED_BYTES // max(1, len(self._http.connections))
        return _BUFFER[: min(_MAX_READ_BYTES, max(MAX_WAITING, share))]

    def buffer_updated(self, nbytes: int) -> None:
        """Hand on what was read."""
        self._http.data_received(bytes(_BUFFER[:nbytes]))


SMALL_READS = cast("type[asyncio.Protocol]", SmallReads)
"""As uvicorn declares what it makes for each connection; either kind will do."""

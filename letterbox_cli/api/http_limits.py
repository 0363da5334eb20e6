"""Limits of HTTP requests from strangers: their heads, time and connections."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEAD_BYTES = 64 * 1024
MAX_CONNECTIONS = 256
BACKLOG = 512
HEAD_TIMEOUT = 15.0
"""Seconds from a connection, or a request's first byte, to the end of the head."""
MIN_RATE = 1024
"""Bytes of body a second, over each ten seconds; who sends less is cut off."""
MAX_WAITING = 64 * 1024
"""Bytes of body that wait for the application; then no more is read."""
_PERIOD = 10.0
_CHECK_SECONDS = 2.5
_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)


class LimitedHttpProtocol(H11Protocol):
    """
    uvicorn's HTTP/1.1 by h11, which limits a request's head; this adds the times.

    An ``Upgrade`` is ignored, as it may be (RFC 9110, section 7.8): Java's client asks
    for HTTP/2 in this way with each first request.
    """

    head_timeout = HEAD_TIMEOUT
    period = _PERIOD

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._head_since: float | None = self.loop.time()
        self._period_since = self.loop.time()
        self._received = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to check the connection now and then."""
        super().connection_made(transport)
        self._check_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the checks."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes, and note when a head begins and ends."""
        self._received += len(data)
        if self._head_since is None and self.conn.their_state is h11.IDLE:
            self._head_since = self.loop.time()
        super().data_received(data)
        if self._holds_enough():
            self.flow.pause_reading()
        if self.conn.their_state is not h11.IDLE:
            self._head_since = None

    def eof_received(self) -> bool:  # type: ignore[override]
        """Respond to a client that has sent all, and closed its side."""
        is_owed = self.cycle and not (
            self.cycle.more_body or self.cycle.response_complete
        )
        if is_owed:
            self.cycle.keep_alive = False
        return bool(is_owed)

    def _holds_enough(self) -> bool:
        """Return whether the application has to take some of the body first."""
        # Once it has responded it takes no more, and nobody would resume the reading.
        return (
            self.cycle is not None
            and not self.cycle.response_complete
            and len(self.cycle.body) >= MAX_WAITING
        )

    def _should_upgrade(self) -> bool:
        return False

    def _check_later(self) -> None:
        wait = min(_CHECK_SECONDS, self.head_timeout / 4, self.period / 4)
        self._timer = self.loop.call_later(wait, self._check)

    def _check(self) -> None:
        if self.transport.is_closing():
            return
        if self._is_too_slow(self.loop.time()):
            # A handler that has begun to respond reads that the client is gone.
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_TOO_SLOW)
            self.transport.close()
            return
        self._check_later()

    def _is_too_slow(self, now: float) -> bool:
        if self._head_since is not None:
            return now - self._head_since > self.head_timeout
        is_awaited = (
            self.conn.their_state is h11.SEND_BODY
            # The delay is ours while nothing is read.
            and not self.flow.read_paused
            and not self.cycle.response_started
        )
        if not is_awaited:
            self._period_since, self._received = now, 0
            return False
        elapsed = now - self._period_since
        if elapsed < self.period:
            return False
        is_dripping = self._received < MIN_RATE * elapsed
        self._period_since, self._received = now, 0
        return is_dripping

"""HTTP from strangers: bounded in headers, in time and in connections."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEAD_BYTES = 64 * 1024
MAX_CONNECTIONS = 256
BACKLOG = 512
HEAD_WITHIN = 15.0
"""From a connection's first moment, or a request's first byte, to its headers' end."""
LEAST_RATE = 1024
"""Bytes of body a second, over each period of ten: less is a sender that drips."""
_PERIOD = 10.0
_LOOK_EVERY = 2.5
_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)


class LimitedHttpProtocol(H11Protocol):
    """
    uvicorn's HTTP/1.1 by h11, which bounds a request's head; this adds the times.

    An ``Upgrade`` is no concern of ours, and is ignored (RFC 9110, section 7.8): Java's
    client asks for HTTP/2 so with each first request.
    """

    head_within = HEAD_WITHIN
    period = _PERIOD

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._head_since: float | None = self.loop.time()
        self._period_since = self.loop.time()
        self._received = 0
        self._looking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look at how it goes on."""
        super().connection_made(transport)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        if self._looking:
            self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note that something came."""
        self._received += len(data)
        if self._head_since is None and self.conn.their_state is h11.IDLE:
            self._head_since = self.loop.time()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_since = None

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer one who has sent all there is, and says so."""
        is_owed = self.cycle and not (
            self.cycle.more_body or self.cycle.response_complete
        )
        if is_owed:
            self.cycle.keep_alive = False
        return bool(is_owed)

    def _should_upgrade(self) -> bool:
        return False

    def _look_later(self) -> None:
        wait = min(_LOOK_EVERY, self.head_within / 4, self.period / 4)
        self._looking = self.loop.call_later(wait, self._look)

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        if self._is_too_slow(self.loop.time()):
            # Whoever has begun to answer reads that the sender is gone.
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_TOO_SLOW)
            self.transport.close()
            return
        self._look_later()

    def _is_too_slow(self, now: float) -> bool:
        if self._head_since is not None:
            return now - self._head_since > self.head_within
        is_waited_for = (
            self.conn.their_state is h11.SEND_BODY
            # Ours is the delay where nothing is read.
            and not self.flow.read_paused
            and not self.cycle.response_started
        )
        if not is_waited_for:
            self._period_since, self._received = now, 0
            return False
        elapsed = now - self._period_since
        if elapsed < self.period:
            return False
        is_dripping = self._received < LEAST_RATE * elapsed
        self._period_since, self._received = now, 0
        return is_dripping

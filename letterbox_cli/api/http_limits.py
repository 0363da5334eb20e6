"""Limits of HTTP requests from strangers: their heads, time and connections."""

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.flow_control import FlowControl
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
SEND_TIMEOUT = 60.0
"""Seconds in which a client takes nothing of its response, until it is cut off."""
_PERIOD = 10.0
_CHECK_SECONDS = 2.5
_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)
_NOTHING_SENT = {h11.IDLE, h11.SEND_RESPONSE}


class _Flow(FlowControl):
    """
    Reads nothing more behind a request that waits for its turn.

    uvicorn reads on for each handler that takes a body, which may be there already:
    whoever sends requests without an end would fill the memory with them.
    """

    def __init__(
        self, transport: asyncio.Transport, is_ahead: Callable[[], bool]
    ) -> None:
        super().__init__(transport)
        self._is_ahead = is_ahead

    def resume_reading(self) -> None:
        """Read on, unless what comes next is there already."""
        if self.read_paused and not self._is_ahead():
            super().resume_reading()


class LimitedHttpProtocol(H11Protocol):
    """
    uvicorn's HTTP/1.1 by h11, which limits a request's head; this adds the times.

    An ``Upgrade`` is ignored, as it may be (RFC 9110, section 7.8): Java's client asks
    for HTTP/2 in this way with each first request.
    """

    head_timeout = HEAD_TIMEOUT
    send_timeout = SEND_TIMEOUT
    period = _PERIOD

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._head_since: float | None = self.loop.time()
        self._period_since = self.loop.time()
        self._received = 0
        self._unsent, self._unsent_since = 0, self.loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to check the connection now and then."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self._is_ahead)
        self._check_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the checks."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes, and note when a head begins and ends."""
        if self.conn.their_state is h11.MUST_CLOSE:
            return  # It said that nothing follows: a line's end too many is no error.
        self._received += len(data)
        if self._head_since is None and self.conn.their_state is h11.IDLE:
            self._head_since = self.loop.time()
        super().data_received(data)
        if self._holds_enough(len(data)):
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

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; where the response has begun, hang up."""
        if self.conn.our_state in _NOTHING_SENT:
            super().send_400_response(msg)
        else:
            self.transport.close()
        if self.cycle:
            # Its handler has nobody left to respond to.
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _is_ahead(self) -> bool:
        """Return whether the client has sent more than the request worked on."""
        is_whole = self.cycle and not (
            self.cycle.more_body or self.cycle.response_complete
        )
        return bool(is_whole and self.conn.trailing_data[0])

    def _holds_enough(self, read: int) -> bool:
        """Return whether the application has to take some of the body first."""
        # Once it has responded it takes no more, and nobody would resume the reading.
        if self.cycle is None or self.cycle.response_complete or not self.cycle.body:
            return False
        # In chunks of a byte much is little body, and takes long: others come between.
        return max(len(self.cycle.body), read) >= MAX_WAITING

    def _should_upgrade(self) -> bool:
        return False

    def _check_later(self) -> None:
        wait = min(_CHECK_SECONDS, self.head_timeout / 4, self.period / 4)
        self._timer = self.loop.call_later(wait, self._check)

    def _check(self) -> None:
        now = self.loop.time()
        if self._is_stuck(now):
            self.transport.abort()
            return
        # One that is closing may still have to send.
        if not self.transport.is_closing() and self._is_too_slow(now):
            # Who sends a body reads the response to it, or that we are gone.
            if self._head_since is not None:
                self.transport.write(_TOO_SLOW)
            self.transport.close()
        self._check_later()

    def _is_stuck(self, now: float) -> bool:
        """Return whether nothing of a response has been taken for too long."""
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        return now - self._unsent_since > self.send_timeout

    def _is_too_slow(self, now: float) -> bool:
        if self._head_since is not None:
            return now - self._head_since > self.head_timeout
        is_awaited = (
            self.conn.their_state is h11.SEND_BODY
            # The delay is ours while nothing is read.
            and not self.flow.read_paused
            # What comes after the response is thrown away, and has to end as well.
            and self.cycle.response_started is self.cycle.response_complete
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

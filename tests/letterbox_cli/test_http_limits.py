"""Time is limited too: for a request's head, for its body, for a silent connection."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.client import HTTPResponse

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from letterbox_cli.api.http_limits import (
    HEAD_TIMEOUT,
    MIN_RATE,
    SEND_TIMEOUT,
    LimitedHttpProtocol,
)
from letterbox_cli.api.small_reads import SMALL_READS
from tests.support import free_port, wait_until

PERIOD = LimitedHttpProtocol.period
STEP = 2.5
"""Seconds between two looks at a connection."""
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
BIG = 16 * 1024 * 1024
"""More than all buffers in between take."""


class SkippingLoop(asyncio.SelectorEventLoop):
    """A server's event loop, whose clock a test puts forward."""

    _skipped = 0.0

    def time(self) -> float:
        """Return the time by the clock that was put forward."""
        return super().time() + self._skipped

    async def skip(self, seconds: float) -> None:
        """Read what has come, put the clock forward, and do what is due by then."""
        await self._turn()
        self._skipped += seconds
        await self._turn()

    async def _turn(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


class LimitedServer:
    """A server with the limits of Letterbox's own, on a clock of its own."""

    def __init__(self) -> None:
        app = FastAPI()
        app.post("/")(self._length)
        app.get("/")(self._much)
        self.port = free_port()
        self.loop = SkippingLoop()
        self.server = uvicorn.Server(
            uvicorn.Config(
                app,
                port=self.port,
                http=SMALL_READS,
                log_config=None,
                timeout_keep_alive=30,
            )
        )

    async def _length(self, request: Request) -> int:
        return len(await request.body())

    async def _much(self) -> Response:
        return Response(bytes(BIG))

    def run(self) -> None:
        """Serve until ``server.should_exit``."""
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self.server.serve())

    def pass_time(self, seconds: float) -> None:
        """Let time pass on its clock, at most as much at once as between two looks."""
        while seconds > 0:
            step = self.loop.skip(min(seconds, STEP))
            asyncio.run_coroutine_threadsafe(step, self.loop).result(30)
            seconds -= STEP


@pytest.fixture(name="limited", scope="module")
def _limited() -> Iterator[LimitedServer]:
    limited = LimitedServer()
    thread = threading.Thread(target=limited.run)
    thread.start()
    try:
        wait_until(lambda: limited.server.started)
        yield limited
    finally:
        limited.server.should_exit = True
        thread.join()


@pytest.fixture(name="connection")
def _connection(limited: LimitedServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", limited.port), 5) as connection:
        yield connection


def read(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    return b"".join(iter(partial(connection.recv, 65536), b""))


def receive(connection: socket.socket) -> tuple[int, bytes]:
    """Receive the response of a connection that stays open: its status and body."""
    response = HTTPResponse(connection)
    response.begin()
    return response.status, response.read()


def is_open(connection: socket.socket) -> bool:
    """Check that the other side has neither responded nor closed."""
    connection.settimeout(0)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    finally:
        connection.settimeout(5)
    return False


@pytest.mark.parametrize("beginning", [b"", b"POST", HEAD, HEAD + b"X: "])
def test_a_request_head_that_does_not_end_is_cut_off(
    beginning: bytes, limited: LimitedServer, connection: socket.socket
) -> None:
    """Also where nothing comes at all; and it is told why."""
    connection.sendall(beginning)
    limited.pass_time(HEAD_TIMEOUT - STEP)
    assert is_open(connection)

    limited.pass_time(2 * STEP)

    assert read(connection).startswith(b"HTTP/1.1 408 ")


def test_a_head_that_drips_is_cut_off(
    limited: LimitedServer, connection: socket.socket
) -> None:
    """A byte now and then does not buy more time."""
    connection.sendall(HEAD)
    for _ in range(int(HEAD_TIMEOUT / STEP) - 1):
        limited.pass_time(STEP)
        connection.sendall(b"X")

    limited.pass_time(2 * STEP)

    assert read(connection).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_drips_is_cut_off(
    limited: LimitedServer, connection: socket.socket
) -> None:
    """It holds a connection, and what is read of it in memory."""
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    for _ in range(int(PERIOD / STEP) - 1):
        connection.sendall(b"x")
        limited.pass_time(STEP)
    assert is_open(connection)

    limited.pass_time(3 * STEP)

    assert read(connection) == b""


def test_a_slow_but_steady_sender_is_served(
    limited: LimitedServer, connection: socket.socket
) -> None:
    """For longer than any of the limits, at twice the least rate."""
    piece = b"x" * int(2 * MIN_RATE * STEP)
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (20 * len(piece)))
    for _ in range(20):
        connection.sendall(piece)
        limited.pass_time(STEP)

    assert receive(connection) == (200, b"%d" % (20 * len(piece)))


def test_a_connection_that_is_kept_begins_anew(
    limited: LimitedServer, connection: socket.socket
) -> None:
    """Its idle time is no head that does not end."""
    request = HEAD + b"Content-Length: 1\r\n\r\nx"
    for _ in range(2):
        connection.sendall(request)
        assert receive(connection) == (200, b"1")
        limited.pass_time(HEAD_TIMEOUT * 1.5)
    connection.sendall(HEAD)

    limited.pass_time(HEAD_TIMEOUT + STEP)

    assert read(connection).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_drips_after_its_response_is_cut_off(
    limited: LimitedServer, connection: socket.socket
) -> None:
    """It is thrown away, and holds a connection all the same; it is told no more."""
    connection.sendall(HEAD.replace(b"POST", b"PUT") + b"Content-Length: 9999\r\n\r\n")
    assert receive(connection)[0] == 405
    for _ in range(int(PERIOD / STEP) - 1):
        connection.sendall(b"x")
        limited.pass_time(STEP)
    assert is_open(connection)

    limited.pass_time(3 * STEP)

    assert read(connection) == b""


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_response_that_is_not_taken_is_given_up(
    *, is_kept: bool, limited: LimitedServer
) -> None:
    """Whether the connection would be kept, or waits to be closed behind it."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", limited.port))
        connection.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\n"
            + (b"\r\n" if is_kept else b"Connection: close\r\n\r\n")
        )
        assert connection.recv(1)
        limited.pass_time(SEND_TIMEOUT - STEP)
        assert limited.server.server_state.connections

        limited.pass_time(2 * STEP)

        wait_until(lambda: not limited.server.server_state.connections)


def test_a_slow_but_steady_reader_has_all_of_a_response(
    limited: LimitedServer, connection: socket.socket
) -> None:
    """For longer than the limit, since it takes some within each."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    received = 0
    while piece := connection.recv(BIG // 4):
        received += len(piece)
        if received < BIG:
            limited.pass_time(SEND_TIMEOUT / 4)

    assert received > BIG

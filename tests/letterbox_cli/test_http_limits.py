"""Time is limited too: for a request's head, for its body, for a silent connection."""

import socket
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
import uvicorn
from fastapi import FastAPI, Request

from letterbox_cli.api.http_limits import MIN_RATE, LimitedHttpProtocol
from tests.support import free_port, wait_until

WITHIN = 0.6
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


class _Impatient(LimitedHttpProtocol):
    head_timeout = WITHIN
    period = WITHIN


@pytest.fixture(name="port", scope="module")
def _port() -> Iterator[int]:
    app = FastAPI()

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=port, http=_Impatient, log_config=None, timeout_keep_alive=30
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    yield port
    server.should_exit = True
    thread.join()


@pytest.fixture(name="connection")
def _connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        yield connection


def read(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    return b"".join(iter(partial(connection.recv, 65536), b""))


@pytest.mark.parametrize("beginning", [b"", b"POST", HEAD, HEAD + b"X: "])
def test_a_request_head_that_does_not_end_is_cut_off(
    beginning: bytes, connection: socket.socket
) -> None:
    """Also where nothing comes at all; and it is told why."""
    began = time.monotonic()
    connection.sendall(beginning)

    assert read(connection).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < WITHIN + 2


def test_a_head_that_drips_is_cut_off(connection: socket.socket) -> None:
    """A byte now and then does not buy more time."""
    connection.sendall(HEAD)
    connection.settimeout(WITHIN / 6)
    cut = b""
    for _ in range(100):
        connection.sendall(b"X")
        try:
            cut = connection.recv(100)
        except TimeoutError:
            continue
        break

    assert cut.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_drips_is_cut_off(connection: socket.socket) -> None:
    """It holds a connection, and what is read of it in memory."""
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    began = time.monotonic()
    connection.settimeout(WITHIN / 6)
    while not _is_closed(connection):
        assert time.monotonic() - began < 10

    assert time.monotonic() - began < WITHIN * 3 + 2


def _is_closed(connection: socket.socket) -> bool:
    """Send one more byte, and see whether anybody still takes it."""
    try:
        connection.sendall(b"x")
        return connection.recv(100) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_a_slow_but_steady_sender_is_served(connection: socket.socket) -> None:
    """For longer than any of the limits, at twice the least rate."""
    piece = b"x" * int(2 * MIN_RATE * WITHIN / 6)
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (20 * len(piece)))
    for _ in range(20):
        connection.sendall(piece)
        time.sleep(WITHIN / 6)

    answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"%d" % (20 * len(piece)))


def test_a_connection_that_is_kept_begins_anew(connection: socket.socket) -> None:
    """Its idle time is no head that does not end."""
    request = HEAD + b"Content-Length: 1\r\n\r\nx"
    for _ in range(2):
        connection.sendall(request)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        time.sleep(WITHIN * 1.5)
    connection.sendall(HEAD)

    assert read(connection).startswith(b"HTTP/1.1 408 ")

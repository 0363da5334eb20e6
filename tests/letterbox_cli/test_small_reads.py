"""What is read of a connection, and when: never much that nobody takes yet."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import pytest
import uvicorn
import uvloop
from fastapi import FastAPI, Request
from uvicorn.server import ServerState

from letterbox_cli.api.http_limits import MAX_WAITING, LimitedHttpProtocol
from letterbox_cli.api.small_reads import SmallReads
from tests.support import eventually

_CLIENTS = 50
_SIZE = 1_000_000
_CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def _head(size: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[int]:
    config = uvicorn.Config(app, log_config=None, lifespan="off")
    config.load()
    state, loop = ServerState(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SmallReads(config=config, server_state=state, app_state={}),
        "127.0.0.1",
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


def test_many_bodies_are_read_in_small_pieces() -> None:
    """Whoever has to wait holds little; and each body is its sender's to the end."""
    app, everyone = FastAPI(), asyncio.Barrier(_CLIENTS)
    chunks: list[int] = []
    bodies: list[bytes] = []

    @app.post("/")
    async def receive(request: Request) -> None:
        await everyone.wait()
        body = [chunk async for chunk in request.stream()]
        chunks.extend(map(len, body))
        bodies.append(b"".join(body))

    async def post(port: int, number: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_head(_SIZE) + bytes([number]) * _SIZE)
        answer = await reader.readline()
        writer.close()
        return answer

    async def post_all() -> set[bytes]:
        async with _serving(app) as port:
            return set(await asyncio.gather(*(post(port, n) for n in range(_CLIENTS))))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answers = runner.run(post_all())

    assert answers == {b"HTTP/1.1 200 OK\r\n"}
    # All read into one buffer.
    assert sorted(bodies) == [bytes([n]) * _SIZE for n in range(_CLIENTS)]
    # What may wait, and the read that made it as much.
    assert max(chunks) <= 2 * MAX_WAITING


class _Transport(asyncio.Transport):
    """A connection whose bytes come when the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.is_read = True
        self.is_closed = False
        self.written = b""

    def write(self, data: Any) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Note it."""
        self.is_closed = True


@contextmanager
def _connected(app: FastAPI) -> Iterator[tuple[LimitedHttpProtocol, _Transport]]:
    config = uvicorn.Config(app, log_config=None, lifespan="off")
    config.load()
    http, transport = LimitedHttpProtocol(config, ServerState(), {}), _Transport()
    http.connection_made(transport)
    try:
        yield http, transport
    finally:
        http.connection_lost(None)


async def _responded(transport: _Transport, count: int) -> bool:
    return transport.written.count(b"HTTP/1.1 200 OK") == count


async def _reads(transport: _Transport) -> bool:
    return transport.is_read


@pytest.mark.parametrize("size", [MAX_WAITING, 3 * MAX_WAITING])
async def test_a_body_that_nobody_took_holds_no_later_request_up(size: int) -> None:
    """It is paused for while the response may still want it, and no longer."""
    app, released = FastAPI(), asyncio.Event()

    @app.post("/")
    async def refuse() -> None:
        await released.wait()

    with _connected(app) as (http, transport):
        http.data_received(_head(size) + bytes(size))
        assert not transport.is_read

        released.set()
        await eventually(partial(_responded, transport, 1))
        # Half of the next head: as long as it makes no request, the last one counts.
        http.data_received(_head(0)[:20])
        assert transport.is_read

        http.data_received(_head(0)[20:])
        await eventually(partial(_responded, transport, 2))


async def test_nothing_is_read_behind_a_request_that_waits_for_its_turn() -> None:
    """Else who sends one behind the other fills the memory, a read for each answer."""
    app, taken, released = FastAPI(), asyncio.Event(), asyncio.Event()

    @app.post("/")
    async def take(request: Request) -> None:
        await request.body()
        taken.set()
        await released.wait()

    with _connected(app) as (http, transport):
        http.data_received((_head(1) + b"x") * 3)
        await taken.wait()
        assert not transport.is_read

        released.set()
        await eventually(partial(_responded, transport, 3))
        assert transport.is_read


async def test_chunks_of_a_byte_are_much_for_what_they_bring() -> None:
    """What takes as long to read as a large body is read as slowly."""
    app, taken = FastAPI(), []

    @app.post("/")
    async def take(request: Request) -> None:
        taken.append(len(await request.body()))

    with _connected(app) as (http, transport):
        http.data_received(_CHUNKED + b"1\r\nx\r\n" * (MAX_WAITING // 6 + 1))
        assert not transport.is_read

        await eventually(partial(_reads, transport))
        http.data_received(b"0\r\n\r\n")
        await eventually(partial(_responded, transport, 1))
    assert taken == [MAX_WAITING // 6 + 1]


async def test_a_line_end_behind_the_last_request_is_no_error() -> None:
    """Some clients send one behind each body; the response is what it would be."""
    app, released = FastAPI(), asyncio.Event()

    @app.post("/")
    async def wait() -> None:
        await released.wait()

    with _connected(app) as (http, transport):
        last = _head(1).replace(b"Host: x", b"Host: x\r\nConnection: close")
        http.data_received(last + b"x")
        http.data_received(b"\r\n")
        released.set()
        await eventually(partial(_responded, transport, 1))
    assert transport.written.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("is_late", [True, False])
async def test_a_body_that_is_no_http_is_no_fault_of_ours(
    *, is_late: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused, or cut off behind its response; no error is logged."""
    app = FastAPI()

    @app.post("/")
    async def respond() -> None:
        """Respond before the body is there."""

    with _connected(app) as (http, transport):
        http.data_received(_CHUNKED)
        if is_late:
            await eventually(partial(_responded, transport, 1))
        http.data_received(b"no size\r\n")
        await asyncio.gather(*http.tasks)

        assert transport.is_closed
        assert transport.written.count(b"HTTP/1.1 ") == 1
        assert transport.written.startswith(
            b"HTTP/1.1 200" if is_late else b"HTTP/1.1 4"
        )
    assert "ERROR" not in {record.levelname for record in caplog.records}

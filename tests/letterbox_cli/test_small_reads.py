"""How much of a body is read before the application takes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
_BODY = bytes(1_000_000)


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
    """Whoever has to wait holds little; and every byte arrives."""
    app, chunks, sizes, everyone = FastAPI(), [], [], asyncio.Barrier(_CLIENTS)

    @app.post("/")
    async def receive(request: Request) -> None:
        await everyone.wait()
        body = [len(chunk) async for chunk in request.stream()]
        chunks.extend(body)
        sizes.append(sum(body))

    async def post(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_head(len(_BODY)) + _BODY)
        answer = await reader.readline()
        writer.close()
        return answer

    async def post_all() -> set[bytes]:
        async with _serving(app) as port:
            return set(await asyncio.gather(*(post(port) for _ in range(_CLIENTS))))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answers = runner.run(post_all())

    assert answers == {b"HTTP/1.1 200 OK\r\n"}
    assert sizes == [len(_BODY)] * _CLIENTS
    # What may wait, and the read that made it as much.
    assert max(chunks) <= 2 * MAX_WAITING


class _Transport(asyncio.Transport):
    """A connection whose bytes come when the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.is_read = True
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
        """Do nothing."""


@pytest.mark.parametrize("size", [MAX_WAITING, 3 * MAX_WAITING])
async def test_a_body_that_nobody_took_holds_no_later_request_up(size: int) -> None:
    """It is paused for while the response may still want it, and no longer."""
    app, released = FastAPI(), asyncio.Event()

    @app.post("/")
    async def refuse() -> None:
        await released.wait()

    config = uvicorn.Config(app, log_config=None, lifespan="off")
    config.load()
    http = LimitedHttpProtocol(config, ServerState(), {})
    transport = _Transport()

    async def responded() -> bool:
        return bool(http.cycle.response_complete)

    http.connection_made(transport)

    http.data_received(_head(size) + bytes(size))
    assert not transport.is_read

    released.set()
    await eventually(responded)
    # Half of the next head: as long as no request is made of it, the last one counts.
    http.data_received(_head(0)[:20])
    assert transport.is_read

    http.data_received(_head(0)[20:])
    await eventually(responded)
    assert transport.written.count(b"HTTP/1.1 200 OK") == 2
    http.connection_lost(None)

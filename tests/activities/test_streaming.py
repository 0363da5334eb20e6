"""Blocking streams, read by those who must not block."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from activities.threads import streamed


async def test_a_stream_is_not_closed_under_the_thread_that_reads_it() -> None:
    """A cancelled step waits for its thread, then closes."""
    reading, closed = threading.Event(), threading.Event()
    happened: list[str] = []

    def chunks() -> Iterator[bytes]:
        reading.set()
        happened.append("closed meanwhile" if closed.wait(0.2) else "read")
        yield b"a chunk"

    @contextmanager
    def opened() -> Iterator[Iterator[bytes]]:
        yield chunks()
        closed.set()

    async def step() -> None:
        async with streamed(opened()) as stream:
            await anext(stream)

    task = asyncio.create_task(step())
    await asyncio.to_thread(reading.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert happened == ["read"]
    assert closed.is_set()

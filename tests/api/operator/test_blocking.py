"""A store that hangs costs operators an answer, and boards nothing."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from threading import Event

import pytest

from api.operator.blocking import Blocking
from api.operator.dependencies import THREADS
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.directory import DirectoryStore
from letterbox_cli.samples import import_sample_positions
from tests.api.accepting import accept, accepting
from tests.api.operator.serving import TOKEN
from tests.end_to_end.processes.installation import SECRET
from tests.support import eventually, free_port

# More than any pool of threads has.
MANY = 100


async def test_whoever_waits_for_a_store_that_hangs_is_told_in_time() -> None:
    """503, with what to do; and those who come after find a thread."""
    blocking, hangs = Blocking(2, within=0.2), Event()
    try:
        refused = await asyncio.gather(
            *(blocking.run(hangs.wait) for _ in range(4)), return_exceptions=True
        )
        after = await blocking.run(sum, (1, 2), within=5)
    finally:
        hangs.set()

    assert [type(error) for error in refused] == [StoreUnavailableError] * 4
    assert "has not answered within 0.2 seconds: try again" in str(refused[0])
    assert StoreUnavailableError.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert after == 3


async def test_an_object_that_hangs_is_left_once_it_goes_on() -> None:
    """Not while a thread reads it; and then by nobody but once."""
    blocking, hangs, left = Blocking(1, within=0.2), Event(), Event()

    @contextmanager
    def content() -> Iterator[Iterator[bytes]]:
        try:
            yield read()
        finally:
            left.set()

    def read() -> Iterator[bytes]:
        yield b"one"
        hangs.wait()
        yield b"two"

    seen: list[bytes] = []

    async def read_all() -> None:
        async with blocking.opened(content()) as pieces:
            await _collect(pieces, seen)

    with pytest.raises(StoreUnavailableError):
        await read_all()
    was_left = left.is_set()
    hangs.set()

    async def is_left() -> bool:
        return left.is_set()

    await eventually(is_left)
    assert (seen, was_left) == ([b"one"], False)


async def _collect(pieces: AsyncIterator[bytes], into: list[bytes]) -> None:
    async for piece in pieces:
        into.append(piece)  # noqa: PERF401 what came before it hangs counts


async def test_boards_are_answered_while_every_thread_of_operators_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that is a pipe nobody writes into is as a share that is away."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    import_sample_positions(store)
    pipe = tmp_path / "store" / keys.record("careerjet:hangs")
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    for name, value in {
        "LETTERBOX_STORE": f"file:{tmp_path / 'store'}",
        "LETTERBOX_CAREERJET_SECRETS": SECRET,
        "LETTERBOX_OPERATOR_TOKEN": TOKEN,
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
    }.items():
        monkeypatch.setenv(name, value)
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async with accepting() as client:
        reads = [
            asyncio.create_task(
                client.get("/applications/careerjet:hangs", headers=headers)
            )
            for _ in range(MANY)
        ]
        try:
            await eventually(_all_hang)
            began = time.monotonic()
            await accept(client, 200_000)
            took = time.monotonic() - began
            assert not any(read.done() for read in reads)
        finally:
            hung = asyncio.gather(*reads, return_exceptions=True)
            while not hung.done():
                _let_go(pipe)
                await asyncio.sleep(0.01)

    # Whoever asks does not hang: the body that comes in the end is no record.
    assert took < 5
    statuses = {read.result().status_code for read in reads}
    assert statuses == {HTTPStatus.INTERNAL_SERVER_ERROR}


async def _all_hang() -> bool:
    """Return whether so many threads wait that no other would be begun."""
    names = [thread.name for thread in threading.enumerate()]
    return names.count("letterbox-blocking") >= THREADS


def _let_go(pipe: Path) -> None:
    """Give whoever reads the pipe its end."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return  # Nobody reads just now.

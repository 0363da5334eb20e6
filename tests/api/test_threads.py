"""Threads that block: bounded, replaced while they hang, never waited for long."""

import asyncio
import gc
import threading
from functools import partial
from pathlib import Path

import pytest

from api.readiness import StoreProbe
from api.shared import Shared
from api.threads import Threads
from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.directory import DirectoryStore
from tests.support import eventually


class _Counting(DirectoryStore):
    """Counts how often it is proved, and can be taken away."""

    proofs = 0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    def check(self) -> None:
        """Count, and prove."""
        self.proofs += 1
        super().check()

    def move_away(self) -> None:
        """Be as a volume that is not mounted."""
        self._folder.rename(self._folder.with_name("aside"))

    def come_back(self) -> None:
        """Be mounted again."""
        self._folder.with_name("aside").rename(self._folder)


async def test_results_and_errors_come_back() -> None:
    """As if the work had been done at once."""
    threads = Threads(2)

    def fail() -> None:
        raise StoreUnavailableError("away")

    assert await threads.run(lambda: 17, within=5) == 17
    with pytest.raises(StoreUnavailableError):
        await threads.run(fail, within=5)


async def test_no_more_threads_work_than_there_may() -> None:
    """Others wait for their turn, and have it."""
    threads, gate, at_work = Threads(3), threading.Event(), set[int]()

    def work() -> int:
        at_work.add(threading.get_ident())
        gate.wait()
        return threading.get_ident()

    async def are_all_at_work() -> bool:
        return len(at_work) >= 3

    jobs = asyncio.gather(*(threads.run(work, within=30) for _ in range(40)))
    await eventually(are_all_at_work)
    gate.set()

    assert len(await jobs) == 40
    assert len(at_work) == 3


async def test_threads_that_hang_are_replaced_up_to_a_bound() -> None:
    """Then callers wait in vain, in time; and all is well when they hang no more."""
    threads, gate = Threads(2), threading.Event()
    before = threading.active_count()

    async def hang() -> None:
        with pytest.raises(TimeoutError):
            await threads.run(gate.wait, within=0.05)

    for _ in range(2):
        await hang()
    assert await threads.run(lambda: "replaced", within=5) == "replaced"
    for _ in range(20):
        await hang()

    assert threading.active_count() - before <= 6
    with pytest.raises(TimeoutError):
        await threads.run(lambda: "no thread left", within=0.05)
    gate.set()
    assert await threads.run(lambda: "again", within=5) == "again"

    async def are_back() -> bool:
        return threading.active_count() - before <= 2

    await eventually(are_back)


async def test_threads_that_hang_after_a_busy_time_are_replaced_all_the_same() -> None:
    """Jobs that had to wait for their turn leave no thread that seems to be free."""
    threads, busy, gate = Threads(2), threading.Event(), threading.Event()

    jobs = asyncio.gather(*(threads.run(busy.wait, within=30) for _ in range(40)))
    await asyncio.sleep(0)
    busy.set()
    assert await jobs == [True] * 40
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await threads.run(gate.wait, within=0.05)

    assert await threads.run(lambda: "replaced", within=5) == "replaced"
    gate.set()


async def test_those_who_wait_behind_a_thread_that_hangs_get_another_at_once() -> None:
    """Not only when somebody else comes."""
    threads, gate = Threads(1), threading.Event()
    hanging = asyncio.create_task(threads.run(gate.wait, within=0.1))
    await asyncio.sleep(0)

    behind = asyncio.create_task(threads.run(lambda: "had its turn", within=5))

    with pytest.raises(TimeoutError):
        await hanging
    assert await behind == "had its turn"
    gate.set()


async def test_what_was_given_up_is_not_kept_while_every_thread_hangs() -> None:
    """It may be an application, of which nothing must stay in memory."""
    threads, gate, gone = Threads(1), threading.Event(), threading.Event()

    at_work: list[int] = []

    class _Person:
        def __del__(self) -> None:
            gone.set()

    def hang() -> None:
        at_work.append(1)
        gate.wait()

    while len(at_work) < 3:
        with pytest.raises(TimeoutError):
            await threads.run(hang, within=0.01)
    with pytest.raises(TimeoutError):
        await threads.run(partial(str, _Person()), within=0.01)

    async def is_gone() -> bool:
        gc.collect()
        return gone.is_set()

    await eventually(is_gone)
    gate.set()


async def test_what_has_not_begun_never_does_after_its_time() -> None:
    """Nobody waits for it any more."""
    threads, gate, done = Threads(1), threading.Event(), []
    first = asyncio.create_task(threads.run(gate.wait, within=30))
    await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await threads.run(lambda: done.append("late"), within=0.01)
    gate.set()

    assert await first is True
    assert await threads.run(lambda: "next", within=5) == "next"
    assert done == []


async def test_who_asks_meanwhile_shares_the_result() -> None:
    """One at a time, however many ask; and anew for who comes later."""
    gate, count = asyncio.Event(), 0

    async def work() -> int:
        nonlocal count
        count += 1
        await gate.wait()
        return count

    shared = Shared(work)
    with pytest.raises(TimeoutError):
        await shared.result(within=0.01)
    asked = [asyncio.create_task(shared.result(within=5)) for _ in range(5)]
    await asyncio.sleep(0)
    gate.set()

    assert await asyncio.gather(*asked) == [1] * 5
    assert await shared.result(within=5) == 2


async def test_a_probe_writes_every_ten_seconds_at_most(tmp_path: Path) -> None:
    """In between it looks, and a store that goes away is noticed at once."""
    store = _Counting(tmp_path / "store")
    store.prepare()
    now = 0.0
    probe = StoreProbe(store, monotonic=lambda: now)

    assert [await probe.works() for _ in range(20)] == [True] * 20
    assert store.proofs == 1
    now = 11
    assert await probe.works()
    assert store.proofs == 2
    store.move_away()
    assert not await probe.works()
    store.come_back()
    assert await probe.works()
    assert store.proofs == 3

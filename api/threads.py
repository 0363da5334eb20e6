"""Threads for what blocks, with a deadline that holds whatever they hang on."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Any, TypeVar

Result = TypeVar("Result")

# How many threads may hang for each that works, before callers wait for them.
_MOST_LOST = 2


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    future: Future[Any]
    is_lost: bool = False


class Threads:
    """
    A bounded pool whose callers never wait longer than they said.

    A thread cannot be killed. One whose caller has given up is lost until what it
    waits for ends; meanwhile another takes its place, up to ``2 * size`` of them, so
    that a few calls that hang for ever do not stop the others. The threads are
    daemons: a process that is told to end does not wait for them.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._idle = Semaphore(0)
        self._lock = Lock()
        self._alive = 0
        self._lost = 0

    async def run(self, work: Callable[[], Result], within: float) -> Result:
        """Run ``work`` in a thread; TimeoutError after ``within`` seconds."""
        future: Future[Result] = Future()
        job = _Job(partial(copy_context().run, work), future)
        self._submit(job)
        try:
            async with asyncio.timeout(within):
                return await asyncio.wrap_future(future)
        finally:
            # One that has not begun never will.
            if not future.done() and not future.cancel():
                self._give_up(job)

    def _submit(self, job: _Job) -> None:
        self._jobs.put(job)
        if self._idle.acquire(blocking=False):
            return
        with self._lock:
            if self._alive >= self._size + self._lost:
                return
            self._alive += 1
        Thread(target=self._work, name="letterbox-blocking", daemon=True).start()

    def _give_up(self, job: _Job) -> None:
        with self._lock:
            if not job.future.done() and self._lost < self._size * _MOST_LOST:
                job.is_lost = True
                self._lost += 1

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job.future.set_running_or_notify_cancel():
                _carry_out(job)
            with self._lock:
                if job.is_lost:
                    self._lost -= 1
                if self._alive > self._size + self._lost:
                    self._alive -= 1
                    return
            # What it leads to must not live on until the next one comes.
            del job
            self._idle.release()


def _carry_out(job: _Job) -> None:
    try:
        result = job.work()
    except BaseException as error:  # noqa: BLE001 it is the caller's
        job.future.set_exception(error)
    else:
        job.future.set_result(result)

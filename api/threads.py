"""Threads for what blocks, with a deadline that holds whatever they hang on."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from threading import Condition, Thread
from typing import Any, TypeVar

Result = TypeVar("Result")

# How many threads may hang for each that works, before callers wait for them.
_MAX_LOST = 2


@dataclass(slots=True, eq=False)
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
        self._waiting: deque[_Job] = deque()
        self._changed = Condition()
        self._alive = 0
        self._idle = 0
        self._lost = 0

    async def run(self, work: Callable[[], Result], within: float) -> Result:
        """Run ``work`` in a thread; TimeoutError after ``within`` seconds."""
        future: Future[Result] = Future()
        job = _Job(partial(copy_context().run, work), future)
        try:
            self._submit(job)
            async with asyncio.timeout(within):
                return await asyncio.wrap_future(future)
        finally:
            if future.cancelled() or not future.done():
                self._give_up(job)

    def _submit(self, job: _Job) -> None:
        with self._changed:
            self._waiting.append(job)
            self._changed.notify()
            self._add_thread_if_needed()

    def _give_up(self, job: _Job) -> None:
        with self._changed:
            if job.future.cancel():
                # It has not begun, never will, and must not be kept until one is free.
                with suppress(ValueError):
                    self._waiting.remove(job)
            elif not job.future.done() and self._lost < self._size * _MAX_LOST:
                job.is_lost = True
                self._lost += 1
                # Those who wait behind it need not wait for the next who comes.
                self._add_thread_if_needed()

    def _add_thread_if_needed(self) -> None:
        """Begin one more where jobs outnumber those who are free to take them."""
        is_short = len(self._waiting) > self._idle
        if is_short and self._alive < self._size + self._lost:
            Thread(target=self._work, name="letterbox-blocking", daemon=True).start()
            self._alive += 1

    def _work(self) -> None:
        while job := self._next():
            if job.future.set_running_or_notify_cancel():
                _carry_out(job)
            with self._changed:
                self._lost -= job.is_lost
            # What it leads to must not live on until the next one comes.
            del job

    def _next(self) -> _Job | None:
        """Wait for a job; None where there are more threads than there may be."""
        with self._changed:
            if self._alive > self._size + self._lost:
                self._alive -= 1
                return None
            self._idle += 1
            self._changed.wait_for(lambda: bool(self._waiting))
            self._idle -= 1
            return self._waiting.popleft()


def _carry_out(job: _Job) -> None:
    try:
        result = job.work()
    except BaseException as error:  # noqa: BLE001 it is the caller's
        job.future.set_exception(error)
    else:
        job.future.set_result(result)

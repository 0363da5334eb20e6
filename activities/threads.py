"""
Blocking work in a thread, waited for to its end.

So are the activities that are no coroutines: ``no_thread_cancel_exception``, since the
SDK would raise its exception between any two lines, where a file was opened, say.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    aclosing,
    asynccontextmanager,
    suppress,
)
from inspect import iscoroutinefunction
from typing import Any, ParamSpec, TypeVar

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

Params = ParamSpec("Params")
Result = TypeVar("Result")


async def in_thread(
    work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs
) -> Result:
    """
    Run blocking work in a thread; when cancelled, still wait for its end.

    A thread cannot be stopped, and must not write what an erasure has removed.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


@asynccontextmanager
async def streamed(
    opened: AbstractContextManager[Iterator[bytes]],
) -> AsyncIterator[AsyncIterator[bytes]]:
    """Read a blocking stream a chunk at a time; opening and closing block too."""
    stack = ExitStack()
    try:
        chunks = await in_thread(stack.enter_context, opened)
        async with aclosing(_each(chunks)) as each:
            yield each
    finally:
        await in_thread(stack.close)


async def _each(chunks: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
    while (chunk := await in_thread(next, chunks, None)) is not None:
        yield chunk


_EVERY = 5.0


@asynccontextmanager
async def heartbeating(
    beat: Callable[[], None] = activity.heartbeat,
) -> AsyncIterator[None]:
    """
    Send heartbeats for as long as the block lasts, and one where it fails.

    A quick block costs none: each is a write of Temporal's. What a heartbeat tells the
    next attempt is needed where there is one.
    """
    task = asyncio.create_task(_beat(beat))
    try:
        yield
    except Exception:
        beat()
        raise
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _beat(beat: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        beat()


class Heartbeats(Interceptor):
    """
    Sends heartbeats for steps on the store that run in a thread.

    Local activities need none; those that have failed go on as regular ones.
    """

    def intercept_activity(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002 the base's signature
    ) -> ActivityInboundInterceptor:
        """Wrap every activity."""
        return _Beat(next)


class _Beat(ActivityInboundInterceptor):
    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        # ``activity.heartbeat`` is the thread's own, and would block the loop.
        self._beat = outbound.heartbeat
        super().init(outbound)

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        if activity.info().is_local or iscoroutinefunction(input.fn):
            return await super().execute_activity(input)
        async with heartbeating(self._beat):
            return await super().execute_activity(input)

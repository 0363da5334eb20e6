"""Work beside the requests: in the background, or once for all who wait for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


@asynccontextmanager
async def in_background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run work beside the block, and cancel it at the block's end."""
    tasks = [asyncio.create_task(coroutine) for coroutine in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


class Shared(Generic[Result]):
    """
    Whoever asks while the work is under way waits for the same result.

    ``work`` must raise nothing: there may be nobody left to hear of it.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> None:
        self._work = work
        self._task: asyncio.Task[Result] | None = None

    async def result(self, within: float) -> Result:
        """Return the result; TimeoutError after ``within`` seconds, work goes on."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        async with asyncio.timeout(within):
            return await asyncio.shield(self._task)

"""Work that runs once at a time, however many callers wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Shared(Generic[Result]):
    """
    Whoever asks while the work is under way waits for the same result.

    ``work`` must raise nothing: there may be nobody left to hear of it.
    """

    def __init__(self, work: Callable[[], Awaitable[Result]]) -> None:
        self._work = work
        self._task: asyncio.Task[Result] | None = None

    async def result(self, within: float) -> Result:
        """Return the result; TimeoutError after ``within`` seconds, work goes on."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._do())
        async with asyncio.timeout(within):
            return await asyncio.shield(self._task)

    async def _do(self) -> Result:
        return await self._work()

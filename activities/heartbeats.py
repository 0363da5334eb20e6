"""Heartbeats, so that a killed worker is noticed within seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from inspect import iscoroutinefunction
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

_EVERY = 5.0


@asynccontextmanager
async def heartbeating(
    beat: Callable[[], None] = activity.heartbeat,
) -> AsyncIterator[None]:
    """Tell Temporal that the activity is alive, for as long as the block lasts."""
    task = asyncio.create_task(_beat(beat))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _beat(beat: Callable[[], None]) -> None:
    while True:
        beat()
        await asyncio.sleep(_EVERY)


class Heartbeats(Interceptor):
    """
    Beats for steps on the store that run in a thread.

    As local activities they need it not; those that have failed go on as regular ones.
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

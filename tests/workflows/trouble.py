"""Steps that fail or hang, by their names, for as long as a test wants it."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.client import Interceptor as OfClient
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from activities.threads import heartbeating, in_thread

_SELDOM = timedelta(hours=6)


class Trouble(OfClient, Interceptor):
    """
    Given to a client, and so to its workers: what they are asked to do goes wrong.

    A step fails as its policy has it for ``own_pace`` attempts, and then six hours
    apart, so that a month of it takes seconds: one that was made to, and any other.
    """

    def __init__(self, own_pace: int = 20) -> None:
        self.failing: set[str] = set()
        self.hanging: set[str] = set()
        self.stuck: list[str] = []
        """The steps that hang, or have hung, in the order in which they began to."""
        self.own_pace = own_pace
        self._freed = threading.Event()

    def upon(self, client: Client) -> Client:
        """Give a client whose workers are in trouble."""
        settings = client.config()
        settings["interceptors"] = [*settings["interceptors"], self]
        return Client(**settings)

    def free(self) -> None:
        """End it: what hangs goes on, what failed does so no more."""
        self.failing.clear()
        self.hanging.clear()
        self._freed.set()

    def intercept_activity(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002 the base's signature
    ) -> ActivityInboundInterceptor:
        """Wrap every activity."""
        return _Troubled(next, self)

    def hang(self, name: str) -> None:
        """Block a thread, as a store does that does not answer."""
        self.stuck.append(name)
        self._freed.wait()


class _Troubled(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, trouble: Trouble) -> None:
        super().__init__(inner)
        self._trouble = trouble

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await self._execute(input)
        except ApplicationError as error:
            if error.non_retryable or activity.info().attempt <= self._trouble.own_pace:
                raise
            raise _less_often(error) from error

    async def _execute(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        name = activity.info().activity_type
        if name in self._trouble.failing:
            raise ApplicationError("made to fail")
        if name in self._trouble.hanging:
            input.fn = _hanging(input.fn, self._trouble, name)
        return await super().execute_activity(input)


def _less_often(error: ApplicationError) -> ApplicationError:
    return ApplicationError(
        error.message,
        *error.details,
        type=error.type,
        next_retry_delay=_SELDOM,
        category=error.category,
    )


def _hanging(
    step: Callable[..., Any], trouble: Trouble, name: str
) -> Callable[..., Any]:
    """Have a step hang before it does anything; it beats, as if it were at work."""

    def blocked(*args: Any) -> Any:
        trouble.hang(name)
        return step(*args)

    async def blocked_beside(*args: Any) -> Any:
        async with heartbeating():
            await in_thread(trouble.hang, name)
        return await step(*args)

    return blocked_beside if asyncio.iscoroutinefunction(step) else blocked

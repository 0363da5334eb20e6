"""What every step of an application's workflow has to heed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def interruptible(
    step: Callable[Given, Awaitable[Result]],
) -> Callable[Given, Coroutine[Any, Any, Result]]:
    """
    Have a step heed that its task was cancelled.

    The SDK lets an activity that ends well in spite of a cancellation swallow it.
    """

    @wraps(step)
    async def heeding(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        result = await step(*args, **kwargs)
        task = asyncio.current_task()
        if task and task.cancelling():
            raise asyncio.CancelledError
        return result

    return heeding

"""
Blocking work in a thread, waited for to its end.

So are the activities that are no coroutines: ``no_thread_cancel_exception``, since the
SDK would raise its exception between any two lines, where a file was opened, say.
"""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def in_thread(
    work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    """
    Do blocking work; when cancelled, wait for its end all the same.

    A thread cannot be stopped, and must not write what an erasure has removed.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise

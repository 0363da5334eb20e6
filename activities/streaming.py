"""Reading in threads, for steps that wait for others meanwhile."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, aclosing, asynccontextmanager

from activities.threads import in_thread


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

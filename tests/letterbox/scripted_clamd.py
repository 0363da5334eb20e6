"""A server that speaks as clamd does, or as it should not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(
    script: Script, where: str | Path = "127.0.0.1"
) -> AsyncIterator[str]:
    """Have a script meet every connection to a host or a socket; gives the address."""
    met: list[asyncio.Task[None]] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        met.append(task)
        try:
            await script(reader, writer)
        finally:
            writer.close()

    if isinstance(where, Path):
        server = await asyncio.start_unix_server(meet, where)
        address = str(where)
    else:
        server = await asyncio.start_server(meet, where, 0)
        host = f"[{where}]" if ":" in where else where
        address = f"{host}:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield address
    for task in met:
        task.cancel()
    await asyncio.gather(*met, return_exceptions=True)


def answering(answer: bytes) -> Script:
    """Hear the whole document, then say so."""

    async def script(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await document(reader)
        writer.write(answer)
        await writer.drain()

    return script


async def document(reader: asyncio.StreamReader) -> list[bytes]:
    """Read the pieces of a document, by the letter of clamd(8)."""
    assert await reader.readexactly(10) == b"zINSTREAM\0"
    pieces: list[bytes] = []
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        pieces.append(await reader.readexactly(size))
    return pieces

"""Child processes that end with this one, in order, whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

# Longer than a worker takes to drain.
_TIMEOUT = 25


@dataclass(frozen=True, slots=True)
class Child:
    """A program to run beside this one."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None
    """Where its output goes; None is where ours goes."""


@dataclass(frozen=True, slots=True)
class Running:
    """A child that was started."""

    name: str
    process: asyncio.subprocess.Process

    async def wait(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        return await self.process.wait()


@asynccontextmanager
async def started(child: Child) -> AsyncIterator[Running]:
    """Run a child while the block lasts; then SIGTERM, and SIGKILL if need be."""
    async with AsyncExitStack() as files:
        log = files.enter_context(child.log.open("ab")) if child.log else None
        process = await asyncio.create_subprocess_exec(
            *child.command,
            env=child.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C reaches the whole group; this process decides when a child ends.
            start_new_session=True,
        )
        try:
            yield Running(child.name, process)
        finally:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()

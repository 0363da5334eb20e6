"""Child processes that end with this one, in order, whatever happens."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

# Longer than a worker takes to drain.
_TIMEOUT = 25
_MAX_RESTARTS = 3
_WITHIN_SECONDS = 300
_GUARD = Path(__file__).with_name("guard.py")


@dataclass(frozen=True, slots=True)
class Child:
    """A program to run beside this one."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None
    """Where its output goes; None is where ours goes."""


class Guard:
    """Knows what runs, and ends it where this process is killed and cannot."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def tell(self, sign: str, pid: int) -> None:
        """Say that a process was started (``+``) or has ended (``-``)."""
        # A guard that was killed guards nothing; all else goes on.
        with suppress(OSError, RuntimeError):
            if self._process.stdin:
                self._process.stdin.write(f"{sign}{pid}\n".encode())


@asynccontextmanager
async def guarded() -> AsyncIterator[Guard]:
    """Run the guard while the block lasts; it ends when its input does."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_GUARD)),
        stdin=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Guard(process)
    finally:
        if process.stdin:
            process.stdin.close()
        await process.wait()


@dataclass(slots=True)
class Running:
    """A child that was started, and is started again if it ends by itself."""

    child: Child
    guard: Guard
    announce: Callable[[str, int], None]
    """Called with its name and its process, whenever it was started."""
    process: asyncio.subprocess.Process = field(init=False)
    _ends: list[float] = field(default_factory=list)

    async def start(self) -> None:
        """Start it."""
        child = self.child
        with ExitStack() as files:
            log = files.enter_context(child.log.open("ab")) if child.log else None
            self.process = await asyncio.create_subprocess_exec(
                *child.command,
                env=child.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches the whole group; this process decides when it ends.
                start_new_session=True,
            )
        self.guard.tell("+", self.process.pid)
        self.announce(child.name, self.process.pid)

    async def keep(
        self, may_restart: asyncio.Event, report: Callable[[str], None]
    ) -> str:
        """
        Start it again whenever it ends, three times within five minutes.

        Return why it was given up. Before ``may_restart`` it is given up at once:
        what keeps it from starting would keep it again.
        """
        while True:
            ended = f"{self.child.name} {how_it_ended(await self.process.wait())}"
            self.guard.tell("-", self.process.pid)
            log = self.child.log or "its log above"
            if not may_restart.is_set():
                return f"{ended} before everything was up: see {log}"
            now = time.monotonic()
            self._ends = [at for at in self._ends if now - at < _WITHIN_SECONDS]
            if len(self._ends) >= _MAX_RESTARTS:
                return f"{ended}, after {_MAX_RESTARTS} restarts: see {log}"
            self._ends.append(now)
            try:
                await self.start()
            except OSError as error:
                return f"{ended}, and cannot be started again ({error.strerror})"
            times = f"restart {len(self._ends)} of {_MAX_RESTARTS}"
            report(f"{ended} (see {log}) and was started again, {times}")

    async def end(self) -> None:
        """Send SIGTERM, and SIGKILL if need be."""
        process = self.process
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _TIMEOUT)
            except TimeoutError:
                process.kill()
                await process.wait()
        self.guard.tell("-", process.pid)


@asynccontextmanager
async def started(
    child: Child, guard: Guard, announce: Callable[[str, int], None]
) -> AsyncIterator[Running]:
    """Run a child while the block lasts."""
    running = Running(child, guard, announce)
    await running.start()
    try:
        yield running
    finally:
        await running.end()


def how_it_ended(code: int) -> str:
    """Return what an exit code says; a negative one is a signal's number."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"

"""Runs children of one kind, starts again those that end, and ends all of them."""

import asyncio
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from letterbox.domain.errors import RefusedError
from letterbox_cli.processes.lifeline import DRAIN_SECONDS
from letterbox_cli.up.processes import how_it_ended

RESTART_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each restart; a child that ends once more is in a crash loop."""
_WITHIN_SECONDS = 300

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """Keeps ``count`` children running, numbered from one."""

    kind: str
    count: int
    start: Callable[[int], Awaitable[Process]]
    """Start the child of this number, its standard input a pipe."""
    before_end: Callable[[], None] = lambda: None
    """Called once no child is started any more, before they are told to end."""
    pauses: Sequence[float] = field(default=RESTART_PAUSES)

    async def run(self, stop: asyncio.Event) -> None:
        """
        Run them until ``stop`` is set, and return once all have ended.

        Raises RefusedError where one ends again and again: whatever ends it would end
        it once more, and who started this process has to know.
        """
        log.info("starting processes", kind=self.kind, count=self.count)
        stopped = asyncio.create_task(stop.wait())
        children = [
            asyncio.create_task(self._keep(number))
            for number in range(1, self.count + 1)
        ]
        await asyncio.wait([stopped, *children], return_when=asyncio.FIRST_COMPLETED)
        log.info("ending processes", kind=self.kind)
        stopped.cancel()
        self.before_end()
        for child in children:
            child.cancel()
        results = await asyncio.gather(*children, return_exceptions=True)
        log.info("all processes have ended", kind=self.kind)
        failures = [result for result in results if isinstance(result, Exception)]
        if failures and not stop.is_set():
            raise failures[0]

    async def _keep(self, number: int) -> None:
        """Start a child again whenever it ends, a few times within five minutes."""
        ends: list[float] = []
        while True:
            how = await self._run_child(number)
            now = time.monotonic()
            ends = [*(at for at in ends if now - at < _WITHIN_SECONDS), now]
            if len(ends) > len(self.pauses):
                raise RefusedError(
                    f"{self.kind} process {number} {how}, after {len(self.pauses)} "
                    "restarts within five minutes: its log above says why"
                )
            pause = self.pauses[len(ends) - 1]
            log.error(
                "a process ended and is started again",
                kind=self.kind,
                process_number=number,
                how=how,
                restart=len(ends),
                of=len(self.pauses),
                in_seconds=pause,
            )
            await asyncio.sleep(pause)

    async def _run_child(self, number: int) -> str:
        """Run it until it ends, and return how; end it if this is cancelled."""
        try:
            process = await self.start(number)
        except OSError as error:
            return f"could not be started ({error.strerror})"
        log.info(
            "process started", kind=self.kind, process_number=number, pid=process.pid
        )
        try:
            return how_it_ended(await process.wait())
        finally:
            await self._end(number, process)

    async def _end(self, number: int, process: Process) -> None:
        """Send SIGTERM, and SIGKILL if need be."""
        if process.returncode is not None:
            return
        process.terminate()
        ended = asyncio.create_task(process.wait())
        await asyncio.wait([ended], timeout=DRAIN_SECONDS)
        if not ended.done():
            log.error(
                "a process did not end in time and is killed",
                kind=self.kind,
                process_number=number,
            )
            process.kill()
            await ended

"""Children that end are started again, and none is left behind."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from letterbox.domain.errors import RefusedError
from letterbox_cli.processes.supervisor import Supervisor
from tests.support import eventually

LASTING = "import sys; sys.stdin.read()"
QUICK = (0.01, 0.02)


class Children:
    """Starts Python programs, and remembers them."""

    def __init__(self, program: Callable[[int], str]) -> None:
        self.started: list[tuple[int, Process]] = []
        self._program = program

    async def start(self, number: int) -> Process:
        """Start one."""
        program = (sys.executable, "-I", "-S", "-c", self._program(number))
        process = await asyncio.create_subprocess_exec(*program, stdin=PIPE)
        self.started.append((number, process))
        return process

    async def are(self, count: int) -> bool:
        """Return whether so many were started by now."""
        return len(self.started) >= count


def supervisor(
    children: Children, count: int = 2, pauses: Sequence[float] = QUICK
) -> Supervisor:
    """Make one that waits only a moment before it starts a child again."""
    return Supervisor(kind="api", count=count, start=children.start, pauses=pauses)


async def test_a_child_in_a_crash_loop_ends_all_and_is_named() -> None:
    """Whoever started them learns which one it was, and how it ended."""
    children = Children(
        lambda number: LASTING if number == 1 else "raise SystemExit(3)"
    )

    with capture_logs() as logs, pytest.raises(RefusedError) as failure:
        await supervisor(children).run(asyncio.Event())

    assert str(failure.value).startswith(
        "api process 2 ended with exit code 3, after 2 restarts within five minutes"
    )
    assert [number for number, _ in children.started].count(2) == 3
    assert all(process.returncode is not None for _, process in children.started)
    restarts = [line for line in logs if "restart" in line]
    assert [(line["process_number"], line["restart"]) for line in restarts] == [
        (2, 1),
        (2, 2),
    ]


async def test_a_killed_child_is_named_with_its_signal_and_started_again() -> None:
    """The others go on meanwhile."""
    children, stop = Children(lambda _: LASTING), asyncio.Event()
    with capture_logs() as logs:
        running = asyncio.create_task(supervisor(children).run(stop))
        await eventually(lambda: children.are(2))
        first, second = (process for _, process in children.started)

        second.send_signal(signal.SIGKILL)
        await eventually(lambda: children.are(3))
        assert first.returncode is None
        stop.set()
        await running

    assert children.started[2][0] == 2
    [line] = [line for line in logs if "restart" in line]
    assert (line["process_number"], line["how"]) == (2, "was killed by SIGKILL")
    assert all(process.returncode is not None for _, process in children.started)


async def test_a_stop_before_a_restart_starts_nothing() -> None:
    """The pause is not waited for."""
    children, stop = Children(lambda _: "raise SystemExit(1)"), asyncio.Event()
    running = asyncio.create_task(supervisor(children, 1, (3600,)).run(stop))
    await eventually(lambda: children.are(1))
    await children.started[0][1].wait()

    stop.set()
    await running

    assert len(children.started) == 1


async def test_a_child_that_cannot_be_started_is_tried_again() -> None:
    """The machine may be short of memory or processes for a moment."""
    tries: list[int] = []

    async def start(number: int) -> Process:
        tries.append(number)
        raise BlockingIOError(11, "Resource temporarily unavailable")

    failing = Supervisor(kind="worker", count=1, start=start, pauses=QUICK)
    with pytest.raises(RefusedError, match="could not be started"):
        await failing.run(asyncio.Event())

    assert len(tries) == 3


async def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    """The system closes its standard input; what would go on for ever is ended."""
    program = (
        "import time; from letterbox_cli.processes.lifeline import end_with_parent; "
        "end_with_parent(); print('ready', flush=True); time.sleep(600)"
    )
    parent_program = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {program!r}],\n"
        "    stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "child.wait()"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", parent_program, stdin=PIPE, stdout=PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())

    parent.kill()
    await parent.wait()

    try:
        await eventually(lambda: _has_ended(child))
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


async def _has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False

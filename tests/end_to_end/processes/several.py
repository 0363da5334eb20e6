"""An API and a worker of several processes, and what becomes of each."""

from collections.abc import Sequence
from dataclasses import replace

import psutil

from tests.end_to_end.processes.program import Program
from tests.support import LETTERBOX, wait_until


def with_processes(program: Program, kind: str, count: int, *options: str) -> None:
    """Have it started with these options, and take it for ready once so many are."""
    ready = f'"{kind} ready"'
    program.command = replace(
        program.command,
        words=(*LETTERBOX, kind, *options),
        is_ready=lambda running: running.said().count(ready) >= count,
    )


def children(program: Program) -> list[psutil.Process]:
    """Return its processes, the eldest first."""
    return psutil.Process(program.running.pid).children(recursive=True)


def all_end(processes: Sequence[psutil.Process]) -> None:
    """Wait until none of them runs any more; end those that do."""
    try:
        wait_until(lambda: not any(_runs(process) for process in processes), 40)
    finally:
        for process in processes:
            if _runs(process):
                process.kill()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

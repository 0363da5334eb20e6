"""Processes that end with the block that started them, whatever happens in it."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_ROOT = Path(__file__).parents[1]
_READY_WITHIN = 30
_LOOK_EVERY = 0.02


def free_port() -> int:
    """Find a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a folder, where no ``.env`` of ours changes what it does."""
    inherited = {
        name: text
        for name, text in os.environ.items()
        # Without bytecode Temporal's sandbox compiles a module for each workflow.
        if not name.startswith(("LETTERBOX_", "TEMPORAL_", "PYTHONDONTWRITE"))
    }
    with (folder / "log").open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=inherited | {"PYTHONPATH": str(_ROOT)} | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        # Nothing of a round is needed after it, and of several processes nothing may
        # drain into the next.
        family = _family(process.pid)
        process.kill()
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.wait()


def _family(pid: int) -> list[psutil.Process]:
    """Return the processes that one has started, if it runs."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def wait_until(condition: Callable[[], object], within: float = _READY_WITHIN) -> None:
    """Wait for what another process makes true."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within} s: {condition}")
        time.sleep(_LOOK_EVERY)


def listens(port: int) -> bool:
    """Return whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""What tests share: free ports, conditions, processes that always end."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
THOROUGH = bool(os.environ.get("THOROUGH"))
"""``make test THOROUGH=1``: with the full numbers, in some ten minutes."""
LETTERBOX = (sys.executable, "-P", "-m", "letterbox_cli")
_LOOK_EVERY = 0.05
_reserved: list[socket.socket] = []


def free_port() -> int:
    """
    Reserve a port of this machine for as long as this process lives.

    On Linux a bound socket that does not listen keeps the port from everyone but a
    server that, as servers do, asks to reuse it: one that was killed finds its port
    free when it comes back, and no other test has it.
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    port: int = probe.getsockname()[1]
    if sys.platform == "linux":
        _reserved.append(probe)
    else:
        probe.close()
    return port


def wait_until(
    condition: Callable[[], object], within: float = 30, every: float = _LOOK_EVERY
) -> None:
    """Wait for a condition that another process makes true."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s: {condition}"
        time.sleep(every)


async def eventually(
    condition: Callable[[], Awaitable[object]], within: float = 30
) -> None:
    """Wait for a condition that is asked for asynchronously."""
    deadline = time.monotonic() + within
    while not await condition():
        assert time.monotonic() < deadline, f"not within {within} s: {condition}"
        await asyncio.sleep(_LOOK_EVERY)


@contextmanager
def process(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for as long as the block lasts, whatever happens in it."""
    with log.open("ab") as output:
        running = subprocess.Popen(
            command,
            env=clean_environment() | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def clean_environment() -> dict[str, str]:
    """
    Give this process's environment without any setting of Letterbox or Temporal.

    Nor the width of a terminal, which xdist sets: what is run prints into a pipe.
    """
    return {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("LETTERBOX_", "TEMPORAL_")) and name != "COLUMNS"
    }


def answers(port: int) -> bool:
    """Tell whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@cache
def http() -> httpx.Client:
    """
    Give a client for any thread: making one costs more than most requests.

    It keeps no connection, since servers are killed here.
    """
    return httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))

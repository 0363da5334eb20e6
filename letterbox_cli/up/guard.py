"""
Ends what a ``letterbox up`` has left behind that was killed.

A program of its own, of the standard library alone. ``up`` writes ``+PID`` to its
standard input for each process it starts, and ``-PID`` for each that has ended. When
``up`` is gone, whatever the reason, the system closes that pipe.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

_DRAIN_SECONDS = 25
_LOOK_EVERY = 0.1


def main() -> None:
    """Wait for the end of the input, then for the end of what is still listed."""
    left: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        (left.add if line.startswith("+") else left.discard)(pid)
    _send(left, signal.SIGTERM)
    deadline = time.monotonic() + _DRAIN_SECONDS
    while time.monotonic() < deadline and any(map(_is_alive, left)):
        time.sleep(_LOOK_EVERY)
    _send(filter(_is_alive, left), signal.SIGKILL)


def _send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()

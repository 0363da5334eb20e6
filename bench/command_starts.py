"""What it takes to type a command: CPU, as a multiple of Python's own start."""

import resource
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

_REPEATS = 7
_LETTERBOX = (sys.executable, "-P", "-m", "letterbox_cli")


@dataclass(frozen=True, slots=True)
class CommandStarts:
    """Seconds of CPU: of Python alone, of the list of commands, of a list."""

    python: float
    help: float
    list: float


def measure_command_starts() -> CommandStarts:
    """Start each several times; ``list`` ends when it finds no Temporal, or its own."""
    return CommandStarts(
        python=_cpu((sys.executable, "-c", "pass")),
        help=_cpu((*_LETTERBOX, "--help")),
        list=_cpu((*_LETTERBOX, "list")),
    )


def _cpu(command: tuple[str, ...]) -> float:
    return median(_once(command) for _ in range(_REPEATS))


def _once(command: tuple[str, ...]) -> float:
    before = _spent()
    subprocess.run(command, capture_output=True, check=False)
    return _spent() - before


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

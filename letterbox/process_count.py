"""How many processes of a kind to run: a number, or as many as there are cores."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

AUTO = "auto"
MAX_PROCESSES = 64
# Of a container: microseconds of processor time, and of how many.
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def available_cores(quota_file: Path = _QUOTA) -> int:
    """
    Return how many cores this process may use, and at least one.

    A container that is limited to one core sees all of the machine's: its quota counts.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = quota_file.read_text().split()
        # "max" is no number: no limit.
        cores = min(cores, int(quota) // int(period))
    return min(max(cores, 1), MAX_PROCESSES)


def process_count(number: object) -> int:
    """Read a number of processes, or "auto" (ValueError)."""
    if number == AUTO:
        return available_cores()
    with suppress(TypeError, ValueError):
        count = int(str(number))
        if 1 <= count <= MAX_PROCESSES:
            return count
    raise ValueError(f"must be {AUTO} or a whole number from 1 to {MAX_PROCESSES}")


ProcessCount = Annotated[int, BeforeValidator(process_count)]

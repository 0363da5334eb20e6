"""What a process has used, as the system counts it."""

import psutil


class Process:
    """One process of a round, from outside."""

    def __init__(self, process_id: int) -> None:
        self._process = psutil.Process(process_id)

    def seconds(self) -> float:
        """Return the processor time since it began."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """Return the resident memory."""
        return float(self._process.memory_info().rss) / 1e6

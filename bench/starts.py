"""What the server takes of starts alone, asked by a process of its own."""

import asyncio
import sys
from itertools import count
from pathlib import Path
from time import perf_counter

from bench.processes import wait_until
from bench.rig import fresh_rig
from letterbox.settings import load_settings
from letterbox.temporal.client import connect


def measure_starts(clients: int, seconds: float) -> float:
    """Return the bare ``start_workflow`` calls a second of so many clients."""
    with fresh_rig() as rig:
        rig.engine()
        said = rig.folder / "starts"
        command = (sys.executable, "-m", "bench.starts", clients, seconds, said)
        rig.run([str(word) for word in command])
        wait_until(said.exists, within=30 + seconds)
        return float(said.read_text())


async def _start_for(seconds: float, clients: int) -> float:
    settings = load_settings()
    client = await connect(settings)
    numbers = count()
    until = perf_counter() + seconds

    async def start() -> None:
        while perf_counter() < until:
            name = f"bare-{next(numbers)}"
            await client.start_workflow("Bare", id=name, task_queue="nobody")

    await asyncio.gather(*(start() for _ in range(clients)))
    return next(numbers) / seconds


def main() -> None:
    """Start what the command line says, and write down how many a second."""
    clients, seconds, said = sys.argv[1:]
    rate = asyncio.run(_start_for(float(seconds), int(clients)))
    written = Path(f"{said}.part")
    written.write_text(str(rate))
    written.replace(said)


if __name__ == "__main__":
    main()

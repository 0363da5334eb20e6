"""Many applications asleep until their archive date, and what it takes to wake some."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.completed import until_matched
from bench.rig import QUEUE, Rig, fresh_rig
from bench.sleeping import TO_BE_CLOSED, write_records
from bench.used import Process
from letterbox.domain.positions import Position
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.client import start_application
from letterbox.temporal.closings import signal_closed

_ONE_IN = 20
_CONCURRENCY = 16
_WITHIN = 1800.0
_LOOK_EVERY = 0.5
_SETTLES_WITHIN = 5


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident MB of worker and server, at one moment."""

    worker: float
    server: float


@dataclass(frozen=True, slots=True)
class Sleepers:
    """What was found of so many sleeping applications."""

    count: int
    idle: Memory
    """Before there were any."""
    half: Memory
    """When half of them slept."""
    asleep: Memory
    database: float
    """Bytes of Temporal's files, an application."""
    worker_cpu: float
    """Share of a core, while nothing happened."""
    server_cpu: float
    told: int
    """Applications for the position that was closed."""
    told_within: float
    """Seconds until the last of them had its new archive date."""


def measure_sleepers(count: int, seconds: float) -> Sleepers:
    """Put so many to sleep, look at them for so long, close one position."""
    with fresh_rig() as rig:
        records = write_records(rig.store, count, _ONE_IN)
        names = [record.id for record in records]
        server, worker = Process(rig.engine()), Process(rig.work())
        empty = rig.database_bytes
        idle = _memory(worker, server)
        asyncio.run(_put_to_sleep(rig, names[: count // 2], count // 2))
        half = _memory(worker, server)
        asyncio.run(_put_to_sleep(rig, names[count // 2 :], count))
        asleep = _memory(worker, server)
        database = (rig.database_bytes - empty) / count
        worker_cpu, server_cpu = _idle((worker, server), seconds)
        told = sum(one.position.reference == TO_BE_CLOSED for one in records)
        return Sleepers(
            count,
            idle,
            half,
            asleep,
            database=database,
            worker_cpu=worker_cpu,
            server_cpu=server_cpu,
            told=told,
            told_within=asyncio.run(_close(rig, records[0].archive_by, told)),
        )


async def _put_to_sleep(rig: Rig, names: Sequence[str], altogether: int) -> None:
    client = await rig.connect()
    few = asyncio.Semaphore(_CONCURRENCY)

    async def start(name: str) -> None:
        async with few:
            await start_application(client, QUEUE, name)

    await asyncio.gather(*map(start, names))
    await until_matched(client, altogether, _WITHIN)


def _memory(worker: Process, server: Process) -> Memory:
    return Memory(worker.megabytes(), server.megabytes())


def _idle(processes: Sequence[Process], seconds: float) -> list[float]:
    """Look at sleep: the share of a core that each process takes."""
    # What is put off, such as writing the database's log back, is not sleep.
    time.sleep(_SETTLES_WITHIN)
    before = [one.seconds() for one in processes]
    time.sleep(seconds)
    return [
        (one.seconds() - began) / seconds
        for one, began in zip(processes, before, strict=True)
    ]


async def _close(rig: Rig, due: datetime, told: int) -> float:
    """Close the position; give the time until all have a later archive date."""
    client = await rig.connect()
    # They were taken in ten days ago: the new date is that much later.
    later = due + timedelta(days=1)
    query = (
        f'{attributes.POSITION.name}="{TO_BE_CLOSED}" '
        f'AND {attributes.ARCHIVE_BY.name} > "{later.isoformat()}"'
    )
    began = time.perf_counter()
    await signal_closed(client, QUEUE, Position(reference=TO_BE_CLOSED))
    async with asyncio.timeout(_WITHIN):
        while (await client.count_workflows(query)).count < told:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY)
    return time.perf_counter() - began

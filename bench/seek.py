"""How fast SEEK's events become applications, from the webhook to the record."""

import asyncio
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from uuid import uuid4

from bench.completed import until_matched
from bench.notices import EVENTS, Notices
from bench.rig import QUEUE, WORKER, Rig, fresh_rig

SENDERS = 4
"""Requests of SEEK's at a time; the API, too, starts so many workflows at a time."""

_TIMEOUT = 30
_DONE_WITHIN = 300
_NOOP_WORKER = (sys.executable, "-m", "bench.noop_seek")


def measure_seek(events: int) -> float:
    """Post so many events by signed webhook; give those recorded a second."""
    with fresh_rig() as rig:
        rig.engine()
        rig.seek()
        rig.serve(worker=WORKER)
        began = perf_counter()
        with ThreadPoolExecutor(SENDERS) as senders:
            list(senders.map(_post, [rig.api_port] * (events // EVENTS)))
        asyncio.run(_recorded(rig, events))
        return events / (perf_counter() - began)


def measure_seek_noop(events: int) -> float:
    """Start as many workflows that do nothing; give those done a second."""
    with fresh_rig() as rig:
        rig.engine()
        rig.work(_NOOP_WORKER)
        began = perf_counter()
        asyncio.run(_start(rig, events))
        asyncio.run(_recorded(rig, events))
        return events / (perf_counter() - began)


def _post(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), _TIMEOUT) as connection:
        for piece in Notices().make():
            connection.sendall(piece)
        answer = connection.recv(4096)
    if not Notices.is_accepted(answer):
        raise ValueError(f"answered {answer!r}")


async def _start(rig: Rig, number: int) -> None:
    client = await rig.connect()
    few = asyncio.Semaphore(SENDERS)

    async def start() -> None:
        name = str(uuid4())
        async with few:
            await client.start_workflow("NoOpSeek", name, id=name, task_queue=QUEUE)

    await asyncio.gather(*(start() for _ in range(number)))


async def _recorded(rig: Rig, number: int) -> None:
    await until_matched(await rig.connect(), number, _DONE_WITHIN)

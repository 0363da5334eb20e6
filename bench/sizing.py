"""What an application costs each process, the store and Temporal's database."""

import asyncio
from dataclasses import dataclass

from bench.completed import until_matched
from bench.load import Load, load, result
from bench.rig import API, Rig, fresh_rig, processes
from bench.used import Process
from letterbox.domain import keys

_PATH = "/apply/careerjet"
# So few that starts keep up with answers, and none is left to the sweep.
_CLIENTS = 2
_DONE_WITHIN = 300


@dataclass(frozen=True, slots=True)
class Use:
    """What one process took: CPU ms an application, and resident MB in the end."""

    cpu: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Sizing:
    """The costs of one application with a CV of 200 KB."""

    applications: int
    api: Use
    worker: Use
    temporal: Use
    objects: float
    stored: float
    """Bytes of its objects, without what the file system adds."""
    database: float
    """Bytes of Temporal's files, up to the long wait."""


def measure_sizing(seconds: float) -> Sizing:
    """Have boards post for a while; count what was used once all is recorded."""
    with fresh_rig() as rig:
        temporal = Process(rig.engine())
        worker = Process(rig.work())
        api = Process(rig.serve())
        used = (api, worker, temporal)
        database = rig.database_bytes
        before = [one.seconds() for one in used]
        with load(rig.api_port, _PATH, _CLIENTS, seconds) as process:
            result(process)
        number = asyncio.run(_all_recorded(rig))
        api_use, worker_use, temporal_use = [
            Use(1000 * (one.seconds() - began) / number, one.megabytes())
            for one, began in zip(used, before, strict=True)
        ]
        sizes = [one.size for one in rig.store.list(keys.APPLICATIONS)]
        return Sizing(
            number,
            api_use,
            worker_use,
            temporal_use,
            objects=len(sizes) / number,
            stored=sum(sizes) / number,
            database=(rig.database_bytes - database) / number,
        )


def measure_apis(number: int, clients: int, seconds: float) -> Load:
    """Load so many API processes at one port."""
    with fresh_rig() as rig:
        rig.engine()
        rig.serve((*API, *processes(number)))
        with load(rig.api_port, _PATH, clients, seconds) as process:
            return result(process)


async def _all_recorded(rig: Rig) -> int:
    """Wait until nothing is left in the inbox; tell how many there are."""
    async with asyncio.timeout(_DONE_WITHIN):
        while any(True for _ in rig.store.list(keys.INBOX)):  # noqa: ASYNC110
            await asyncio.sleep(1)
    number = sum(
        one.key.endswith("/application.json")
        for one in rig.store.list(keys.APPLICATIONS)
    )
    await until_matched(await rig.connect(), number)
    return number

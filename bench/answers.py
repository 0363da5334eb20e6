"""How fast boards are answered, with and without what works behind the answers."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.load import Load, load, result
from bench.notices import PATH
from bench.rig import API, WORKER, Rig, fresh_rig

_MODULE = (sys.executable, "-m")


@dataclass(frozen=True, slots=True)
class Variant:
    """An API, and what runs beside it on the same cores."""

    words: str
    api: Sequence[str] = API
    path: str = "/apply/careerjet"
    engine: bool = True
    worker: Sequence[str] = ()


UNPLUGGED = Variant(
    "no engine behind it", api=(*_MODULE, "bench.unplugged"), engine=False
)
FLOOR = Variant(
    "disk floor: upload, two files, no engine",
    api=(*_MODULE, "bench.disk_floor"),
    path="/apply/floor",
    engine=False,
)
NO_WORKER = Variant("engine, no worker")
WHOLE = Variant("engine and worker", worker=WORKER)
PLAIN = Variant(
    "plain handler, engine and worker",
    api=(*_MODULE, "bench.plain"),
    path="/apply/plain",
    worker=(*_MODULE, "bench.plain_worker"),
)
VARIANTS = (FLOOR, UNPLUGGED, NO_WORKER, WHOLE, PLAIN)
NOTICES = Variant("SEEK's webhook, engine and worker", path=PATH, worker=WORKER)


@dataclass(frozen=True, slots=True)
class Round:
    """What one load met with, and how far the work behind it had come."""

    load: Load
    recorded: int
    """Applications that had reached their long wait when the load ended."""


def measure_answers(variant: Variant, clients: int, seconds: float) -> Round:
    """Load a variant on a machine of its own."""
    with fresh_rig() as rig:
        if variant.engine:
            rig.engine()
        if variant is NOTICES:
            rig.seek()
        rig.serve(variant.api, variant.worker)
        with load(rig.api_port, variant.path, clients, seconds) as process:
            met = result(process)
        recorded = asyncio.run(_recorded(rig)) if variant.worker else 0
    return Round(met, recorded)


async def _recorded(rig: Rig) -> int:
    client = await rig.connect()
    return (await client.count_workflows('LetterboxStage="matched"')).count

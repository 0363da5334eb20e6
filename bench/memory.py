"""How much memory the API takes while large applications come in."""

import time
from dataclasses import dataclass

import psutil

from bench.load import load, result
from bench.rig import fresh_rig

UPLOADS = 50
_CV_BYTES = 10_000_000
# All upload once at the same time; those that are answered in it, again.
_SECONDS = 0.1
_LOOK_EVERY = 0.01


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident MB of the API."""

    idle: float
    peak: float
    """At most, while the uploads came in."""


def measure_memory() -> Memory:
    """Watch the API while 10 MB uploads come in, many at a time."""
    with fresh_rig() as rig:
        rig.engine()
        api = psutil.Process(rig.serve())
        path = "/apply/careerjet"
        idle = peak = api.memory_info().rss
        with load(rig.api_port, path, UPLOADS, _SECONDS, _CV_BYTES) as process:
            while process.poll() is None:
                peak = max(peak, api.memory_info().rss)
                time.sleep(_LOOK_EVERY)
            result(process)
    return Memory(idle=idle / 1e6, peak=peak / 1e6)

"""How much memory the API takes while large applications come in."""

import time

import psutil

from bench.load import finish_load, start_load
from bench.rig import fresh_rig

UPLOADS = 50
_CV_BYTES = 10_000_000
_LOOK_EVERY = 0.01


def measure_memory(seconds: float) -> tuple[float, float]:
    """Give the API's resident MB before, and at most during, concurrent uploads."""
    with fresh_rig() as rig:
        rig.engine()
        api = psutil.Process(rig.serve())
        before = peak = api.memory_info().rss
        load = start_load(rig.api_port, "/apply/careerjet", UPLOADS, seconds, _CV_BYTES)
        while load.poll() is None:
            peak = max(peak, api.memory_info().rss)
            time.sleep(_LOOK_EVERY)
        finish_load(load)
    return before / 1e6, peak / 1e6

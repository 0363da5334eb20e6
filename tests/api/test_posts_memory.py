"""Large applications, many at once, cost a bounded amount of memory."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest

from letterbox.boards.posting.verifiers import sign
from tests.end_to_end.processes.installation import SECRET, Api, installation
from tests.support import THOROUGH, http

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not THOROUGH, reason="THOROUGH only: 320 MB are sent"),
]

AT_ONCE = 16
BYTES = 20_000_000
# Four are taken apart at a time: each is there as bytes, and as text, for a moment, and
# what was freed is not always given back. Measured: 204 MB.
MOST = 4 * 4 * BYTES
_LOOK_EVERY = 0.01


def test_sixteen_bodies_of_20_mb_cost_bounded_memory(tmp_path: Path) -> None:
    """Those that find no place in time are told to come again; nobody is lost."""
    with installation(tmp_path) as at:
        at.api.start()
        process = psutil.Process(at.api.running.pid)
        post(at.api, 0, size=1000)
        idle = process.memory_info().rss

        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            is_over = Event()
            peak = pool.submit(highest, process, is_over)
            posts = [pool.submit(post, at.api, one) for one in range(1, AT_ONCE + 1)]
            codes = [one.result() for one in posts]
            is_over.set()
            cost = peak.result() - idle

        print(f"{cost / 1e6:.0f} MB over {idle / 1e6:.0f} MB")  # noqa: T201 the figure
        assert set(codes) <= {200, 503}
        assert 200 in codes
        assert cost < MOST


def post(api: Api, number: int, size: int = BYTES) -> int:
    """Post an application with a large CV; return the status."""
    file = {"fileName": "cv.pdf", "data": "JVBERi0x" * (size // 8)}
    applicant = {"fullName": f"Person {number}", "resume": {"file": file}}
    said: dict[str, Any] = {"id": f"large-{number}", "applicant": applicant}
    body = json.dumps(said).encode()
    headers = {"X-Indeed-Signature": sign(body, SECRET, "sha1")}
    url = f"{api.url}/apply/indeed"
    return http().post(url, content=body, headers=headers, timeout=120).status_code


def highest(process: psutil.Process, is_over: Event) -> int:
    """Watch a process, and return how much memory it had at most."""
    peak = 0
    while not is_over.wait(_LOOK_EVERY):
        peak = max(peak, process.memory_info().rss)
    return peak

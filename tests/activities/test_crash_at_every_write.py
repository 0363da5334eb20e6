"""Whatever changes an application, killed at each of its writes."""

import subprocess
import sys

from tests.activities.crash_at_every_write import ERASED, WORKS
from tests.support import ROOT


def test_what_sigkill_cut_short_the_next_run_ends() -> None:
    """No death loses anything, leaves half of it, or a byte of who was erased."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.activities.crash_at_every_write"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    deaths = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines())
    assert deaths.keys() == {*WORKS, *(f"{name}, then erase" for name in ERASED)}
    # A put may die before it and in the middle of it.
    assert all(int(count) >= 2 for count in deaths.values()), deaths

"""Archive and erasure, killed at each of their writes."""

import subprocess
import sys

from tests.support import ROOT


def test_what_sigkill_cut_short_the_next_run_ends() -> None:
    """No death leaves half an archive, an archive too many, or a byte of a person."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.activities.crash_at_every_write"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    deaths = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines())
    assert deaths.keys() == {"archive", "erase", "erase an archived one"}
    assert all(int(count) >= 5 for count in deaths.values()), deaths

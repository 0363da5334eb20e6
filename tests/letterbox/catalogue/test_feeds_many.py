"""A large feed of which one job in a hundred is malformed, in every way there is."""

import subprocess
import sys
from pathlib import Path

from tests.letterbox.catalogue.malformed import MALFORMED, good
from tests.support import ROOT, THOROUGH

JOBS = 50_000 if THOROUGH else 2_000
EVERY = 100
# Measured with 50,000: 52 MiB, and 61 over a catalogue of as many that is compared;
# before feeds were mended a clean one took 49 and 64.
_MAX_MIB = 90

_IMPORT = """
import sys
from pathlib import Path
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.storage.directory import DirectoryStore
from letterbox.catalogue.feeds.read import read_feed

store = DirectoryStore(Path(sys.argv[2]))
store.prepare()
for name in sys.argv[3:]:
    with open(Path(sys.argv[1]) / name, "rb") as file:
        report = CatalogueImport(store).run(read_feed(file), ImportOrder(source=name))
# Not ``ru_maxrss``: that begins with what the process had that started this one.
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
peak = next((int(line.split()[1]) // 1024 for line in lines if "VmHWM" in line), 0)
print(report.added + report.changed + report.unchanged, report.removed, report.mended,
      report.skipped, len(report.faults), peak)
"""


def test_a_feed_with_many_malformed_jobs_lands_in_the_memory_of_a_clean_one(
    tmp_path: Path,
) -> None:
    """Over a catalogue of all of them; what is lost is named, and none is removed."""
    names = list(MALFORMED)
    malformed = {
        number: names[number // EVERY % len(names)]
        for number in range(EVERY // 2, JOBS, EVERY)
    }
    clean = [good(number) for number in range(JOBS)]
    (tmp_path / "clean").write_bytes(b"<jobs>" + b"".join(clean) + b"</jobs>")
    for number, name in malformed.items():
        clean[number] = MALFORMED[name][0].replace(b"REF", b"%d" % number)
    (tmp_path / "malformed").write_bytes(b"<jobs>" + b"".join(clean) + b"</jobs>")

    told = subprocess.run(
        (
            sys.executable,
            "-c",
            _IMPORT,
            tmp_path,
            tmp_path / "store",
            "clean",
            "malformed",
        ),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    landed, removed, mended, skipped, named, peak = map(int, told.split())
    lost = sum(not MALFORMED[name][1] for name in malformed.values())
    assert landed == JOBS - lost
    assert (removed, mended, skipped) == (0, len(malformed) - lost, lost)
    assert lost <= named <= len(malformed)
    assert peak < _MAX_MIB

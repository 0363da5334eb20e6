"""
The two steps of an application alone: ``python -m bench.steps 2> /dev/null``.

In one thread, without Temporal: what they cost when they wait for no lock, log lines
included. ``strace -f -c`` before it counts the calls of the system.
"""

import argparse
import time
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from uuid import uuid4

from activities.collecting import IntakeOptions
from activities.inspection import Inspector
from activities.intake import ApplicationActivities
from bench.shapes import OURS
from letterbox.boards import discover
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.logs import set_up_logs
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from letterbox_cli.samples import import_sample_positions

_WARM_UP = 20


def main() -> None:
    """Print processor time by the application."""
    parser = argparse.ArgumentParser(prog="python -m bench.steps", description=__doc__)
    parser.add_argument("--applications", type=int, default=300)
    number = parser.parse_args().applications
    set_up_logs("bench")
    with TemporaryDirectory(prefix="letterbox-bench-") as folder:
        store = DirectoryStore(Path(folder) / "store")
        store.prepare()
        import_sample_positions(store)
        times = _measured(store, number + _WARM_UP)[_WARM_UP:]
    low, _, _, _, middle, *_ = quantiles(times, n=10)
    print(f"CPU ms an application: {middle:.2f}; in the best tenth {low:.2f}")


def _measured(store: ObjectStore, number: int) -> list[float]:
    steps = _steps(store)
    uuids = [str(uuid4()) for _ in range(number)]
    for uuid in uuids:
        OURS.prepare(store, uuid)
    times = []
    for uuid in uuids:
        began = time.process_time()
        _take(steps, f"careerjet:{uuid}")
        times.append(1000 * (time.process_time() - began))
    return times


def _take(steps: ApplicationActivities, application_id: str) -> None:
    collected = steps.store_documents(StoreInput(application_id=application_id))
    step = StepInput(application_id=application_id, view=collected.view)
    steps.match_position(RecordInput(step=step, stored=collected.stored))


def _steps(store: ObjectStore) -> ApplicationActivities:
    records = open_records(Settings(), store)
    return ApplicationActivities(
        applications=records.applications,
        catalogue=StoredCatalogue(store),
        boards=discover(),
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
        candidates=records.candidates,
        removal=records.removal,
        inspector=Inspector(records.applications),
        options=IntakeOptions(),
    )


if __name__ == "__main__":
    main()

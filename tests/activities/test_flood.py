"""Many differing deliveries of one application: kept, and one is read at a time."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Flag
from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Recorded
from letterbox.domain.submission import MAX_DELIVERIES
from letterbox.records.applications import StoredApplications
from tests.activities.steps import FIRST, ID, names
from tests.factories import careerjet
from tests.support import ROOT, THOROUGH, clean_environment

GIVEN = StoreInput(application_id=ID)
# A request of 3 MB with one emoji takes four bytes a character in memory.
LETTER = "x" * 3_000_000 + "\N{ENVELOPE}\N{SLIGHTLY SMILING FACE}"
# More than the API lets in where it has seen the first.
NUMBER = MAX_DELIVERIES + 3
POSTS = 160 if THOROUGH else 20
MAX_MEMORY = 160 * 1024 * 1024

AT_WORK = """
import resource, sys
from pathlib import Path
from letterbox.domain.messages import StoreInput
from letterbox.storage.directory import DirectoryStore
from letterbox.settings import Settings
from tests.activities.conftest import over

steps = over(DirectoryStore(Path(sys.argv[1])), Settings())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
steps.collect(StoreInput(application_id=sys.argv[2]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def flood(applications: StoredApplications, number: int, letter: str = "") -> None:
    """Have so many deliveries under one id, each with a CV and a name of its own."""
    for turn in range(number):
        delivery, contents = careerjet(
            "1",
            cv=b"%%PDF-1.4 of %d" % turn,
            lastname=f"Example-{turn}",
            letter=letter or f"Dear reader {turn}",
            received_at=FIRST + timedelta(seconds=turn),
        )
        applications.accept(delivery, contents)


def take_all(activities: ApplicationActivities) -> Iterator[Recorded]:
    """Take over one after the other, as the workflow does."""
    more = True
    while more:
        collected = activities.store_documents(GIVEN)
        if collected.fresh:
            step = StepInput(application_id=ID, view=collected.view)
            given = RecordInput(step=step, stored=collected.stored)
            yield activities.match_position(given)
        more = collected.more


def test_however_many_differ_each_is_kept(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """They were answered 200: none is dropped, and the record is the first."""
    flood(applications, NUMBER)

    *_, last = take_all(activities)

    record = applications.find(ID)
    assert record
    assert last.flags == (Flag.CONFLICT,)
    assert len({view.fingerprint for view in record.views}) == NUMBER
    assert record.candidate.person.name.family == "Example-0"
    sources = [applications.view(ID, view.number) for view in record.views]
    brought = {one.name for source in sources for one in source.documents}
    there = {key.rpartition("/")[2] for key in names(store) if "/documents/" in key}
    assert brought <= there
    # Each has a letter too, which the step keeps as a file.
    assert len(there) == 2 * NUMBER
    assert not [key for key in names(store) if key.startswith("inbox/")]


def test_a_repeat_of_a_kept_delivery_is_still_known_among_many(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """It is cleared, and its documents stay."""
    flood(applications, NUMBER)
    for _ in take_all(activities):
        pass
    before = applications.find(ID)
    flood(applications, 2)

    collected = activities.collect(GIVEN)

    assert not collected.fresh
    assert applications.find(ID) == before
    assert before
    for one in before.attachments:
        with applications.open_document(ID, one.name or "") as chunks:
            assert b"".join(chunks)


def test_a_flood_of_large_deliveries_does_not_fill_the_memory_of_a_worker(
    applications: StoredApplications, store: ObjectStore, tmp_path: Path
) -> None:
    """Each takes some 12 MB in memory; a worker of 1.5 GB died of 160 of them."""
    flood(applications, POSTS, LETTER)

    ran = subprocess.run(
        [sys.executable, "-c", AT_WORK, str(tmp_path / "store"), ID],
        cwd=ROOT,
        env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert int(ran.stdout.splitlines()[-1]) < MAX_MEMORY
    assert len(list(store.list(keys.inbox(ID)))) == POSTS
    assert applications.view(ID, 1).received_at == FIRST

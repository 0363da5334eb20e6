"""A document leaves quarantine when a person vouches for it, and stays out."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.intake import ApplicationActivities
from activities.releasing import ReleaseActivities
from activities.scanning import ScanActivities
from letterbox.domain import keys
from letterbox.domain.application import Attachment, Flag, Tombstone
from letterbox.domain.commands import ReleaseInput, ReleaseRequest
from letterbox.domain.errors import NotFoundError, RefusedError, StoreUnavailableError
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.messages import RecordInput, ScanInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.scanning import ScanOutcome, ScanVerdict
from letterbox.domain.status import Recorded
from letterbox.domain.submission import Role
from letterbox.records.applications import StoredApplications
from letterbox.records.quarantine import StoredQuarantine
from letterbox.storage.directory import DirectoryStore
from tests.factories import PDF, careerjet

ID = "careerjet:1"
NAME = f"{sha256(PDF).hexdigest()}.pdf"
GIVEN = ReleaseInput(
    application_id=ID, given=ReleaseRequest(name=NAME, reason="case 4711", by="a test")
)


class Suspicious:
    """Objects to every PDF."""

    async def scan(self, chunks: AsyncIterator[bytes]) -> ScanVerdict:
        """Judge."""
        content = b"".join([chunk async for chunk in chunks])
        if content.startswith(b"%PDF"):
            return ScanVerdict(ScanOutcome.INFECTED, "Test.Pdf")
        return ScanVerdict(ScanOutcome.CLEAN)


class Failing(DirectoryStore):
    """Goes away at the n-th write."""

    left = 1000

    def put(self, key: str, *args: object, **kwargs: object) -> None:
        """Write, or not."""
        self._fail()
        super().put(key, *args, **kwargs)  # type: ignore[arg-type]

    def delete(self, key: str) -> None:
        """Delete, or not."""
        self._fail()
        super().delete(key)

    def _fail(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailableError("write: EIO")


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Failing:
    store = Failing(tmp_path / "store")
    store.prepare()
    return store


def releasing(store: ObjectStore) -> ReleaseActivities:
    """Build the activity as the worker does."""
    return ReleaseActivities(
        applications=StoredApplications(store), quarantine=StoredQuarantine(store)
    )


async def record_infected(store: ObjectStore, steps: ApplicationActivities) -> Recorded:
    """Take in an application whose CV the scanner objects to."""
    delivery, contents = careerjet("1")
    StoredApplications(store).accept(delivery, contents)
    steps.collect(StoreInput(application_id=ID))
    step = StepInput(application_id=ID, view=1)
    stored = steps.inspect(step)
    scan = ScanActivities(
        applications=StoredApplications(store),
        quarantine=StoredQuarantine(store),
        scanner=Suspicious(),
    )
    names = tuple(one.name for one in stored.documents if one.name)
    scanned = await ActivityEnvironment().run(
        scan.scan_documents, ScanInput(application_id=ID, names=names)
    )
    return steps.match_position(RecordInput(step=step, stored=stored, scanned=scanned))


def cv(store: ObjectStore) -> Attachment:
    """Give what the record says of the CV."""
    record = StoredApplications(store).find(ID)
    assert record is not None
    return next(one for one in record.attachments if one.role is Role.RESUME)


async def test_a_released_document_is_back_and_the_record_says_why(
    store: Failing, activities: ApplicationActivities
) -> None:
    """It is served again, and nothing is flagged any more."""
    before = await record_infected(store, activities)

    released = releasing(store).release_document(GIVEN)

    assert (before.flags, released.flags) == ((Flag.INFECTED,), ())
    assert store.get(keys.document(ID, NAME)) == PDF
    assert StoredQuarantine(store).is_empty(ID)
    assert cv(store).scan == "released"
    release = cv(store).released
    assert release is not None
    assert (release.reason, release.by) == ("case 4711", "a test")
    found = placed(keys.released(ID, NAME))
    assert found is not None
    assert found.place is Place.RELEASED


async def test_a_released_document_is_not_put_away_again(
    store: Failing, activities: ApplicationActivities
) -> None:
    """The board may send it again, and the scanner has not changed its mind."""
    await record_infected(store, activities)
    releasing(store).release_document(GIVEN)
    scan = ScanActivities(
        applications=StoredApplications(store),
        quarantine=StoredQuarantine(store),
        scanner=Suspicious(),
    )

    scanned = await ActivityEnvironment().run(
        scan.scan_documents, ScanInput(application_id=ID, names=(NAME,))
    )

    assert scanned.released == (NAME,)
    assert not scanned.infected
    assert store.get(keys.document(ID, NAME)) == PDF


@pytest.mark.parametrize("writes", range(4))
async def test_a_release_that_was_cut_short_is_ended_by_the_next(
    store: Failing, activities: ApplicationActivities, writes: int
) -> None:
    """Whatever write it was cut short at; twice is once."""
    await record_infected(store, activities)
    store.left = writes
    with pytest.raises(StoreUnavailableError):
        releasing(store).release_document(GIVEN)
    store.left = 1000

    for _ in range(2):
        released = releasing(store).release_document(GIVEN)

    assert released.flags == ()
    assert store.get(keys.document(ID, NAME)) == PDF
    assert StoredQuarantine(store).is_empty(ID)


async def test_a_document_that_only_a_view_shows_is_released_there(
    store: Failing, activities: ApplicationActivities
) -> None:
    """The record may show another view; and a second try finds it done."""
    await record_infected(store, activities)
    applications = StoredApplications(store)
    record = applications.find(ID)
    assert record is not None
    others = tuple(one for one in record.attachments if one.name != NAME)
    applications.update(record.model_copy(update={"attachments": others}), record)

    for _ in range(2):
        released = releasing(store).release_document(GIVEN)

        assert released.flags == ()
        found = applications.find(ID)
        assert found is not None
        [shown] = [one for one in found.all_attachments() if one.name == NAME]
        assert (shown.scan, shown.released is None) == ("released", False)


async def test_nothing_stays_of_a_release_of_what_was_erased_meanwhile(
    store: Failing, activities: ApplicationActivities
) -> None:
    """Whoever stood still since before the erasure writes nothing that stays."""
    await record_infected(store, activities)
    record = StoredApplications(store).find(ID)
    assert record is not None
    tombstone = Tombstone(reason="a request", removed_at=record.received_at)
    # As far as a removal has come that is at it.
    store.put(keys.tombstone(ID), tombstone.model_dump_json().encode())

    with pytest.raises(RefusedError):
        releasing(store).release_document(GIVEN)

    assert keys.released(ID, NAME) not in {one.key for one in store.list("")}


async def test_what_is_not_in_quarantine_is_not_released(
    store: Failing, activities: ApplicationActivities
) -> None:
    """The person has mistaken one document for another."""
    await record_infected(store, activities)
    other = GIVEN.given.model_copy(update={"name": f"{'ab' * 32}.pdf"})

    with pytest.raises(RefusedError):
        releasing(store).release_document(GIVEN.model_copy(update={"given": other}))

    assert cv(store).scan == "infected"


def test_nothing_is_released_of_what_is_not_there(store: Failing) -> None:
    """Nobody knows the application."""
    with pytest.raises(NotFoundError):
        releasing(store).release_document(GIVEN)

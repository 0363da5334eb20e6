"""What lies beside an archive that does not verify is not removed."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.archiving import ArchiveActivities
from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.errors import DamagedError, EndedError
from letterbox.domain.messages import RetireResult, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from tests.activities.steps import ID, accept, go_through, names

AT_WORK = ActivityEnvironment()
Spoil = Callable[[bytes], bytes]


def with_another_document(archive: bytes) -> bytes:
    """Change one document, in a zip file that is whole, with the record as it was."""
    spoilt = BytesIO()
    with ZipFile(BytesIO(archive)) as source, ZipFile(spoilt, "w") as target:
        for member in source.infolist():
            body = source.read(member)
            is_document = "/documents/" in member.filename
            target.writestr(member, b"other" if is_document else body)
    return spoilt.getvalue()


SPOILT: dict[str, Spoil] = {
    "empty": lambda _: b"",
    "cut": lambda archive: archive[:-40],
    "no zip": lambda _: b"not a zip file",
    "another document": with_another_document,
}


@pytest.fixture(name="records")
def _records(store: ObjectStore) -> Records:
    return open_records(Settings(), store)


@pytest.fixture(name="archiving")
def _archiving(
    records: Records,
    applications: StoredApplications,
    activities: ApplicationActivities,
) -> ArchiveActivities:
    """Have one recorded."""
    go_through(activities, accept(applications))
    return ArchiveActivities(
        applications=applications, archives=records.archives, removal=records.removal
    )


@pytest.fixture(name="spoil", params=SPOILT)
def _spoil(request: pytest.FixtureRequest, store: ObjectStore) -> Callable[[], None]:
    change = SPOILT[request.param]

    def spoil() -> None:
        store.put(keys.archive(ID), change(store.get(keys.archive(ID))))

    return spoil


async def test_an_archive_that_was_damaged_since_is_packed_again_and_then_stands(
    archiving: ArchiveActivities,
    records: Records,
    store: ObjectStore,
    spoil: Callable[[], None],
) -> None:
    """A worker may have been away between the two steps."""
    await AT_WORK.run(archiving.pack, ID)
    spoil()
    before = names(store)

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult(done=False)
    assert names(store) == before
    await AT_WORK.run(archiving.pack, ID)
    assert await AT_WORK.run(archiving.retire, ID) == RetireResult(done=True)
    assert records.archives.verify(ID).files


async def test_what_is_left_of_an_open_copy_stays_beside_a_damaged_archive(
    archiving: ArchiveActivities,
    store: ObjectStore,
    spoil: Callable[[], None],
) -> None:
    """Its record went already: the documents may be the last there are."""
    await AT_WORK.run(archiving.pack, ID)
    store.delete(keys.record(ID))
    spoil()
    before = names(store)

    with pytest.raises(DamagedError):
        await AT_WORK.run(archiving.retire, ID)

    assert names(store) == before


async def test_a_late_repeat_beside_a_damaged_archive_is_archived_anew(
    archiving: ArchiveActivities,
    activities: ApplicationActivities,
    applications: StoredApplications,
    records: Records,
    spoil: Callable[[], None],
) -> None:
    """The board has sent again what nobody else may have any more."""
    await AT_WORK.run(archiving.pack, ID)
    packed = records.archives.verify(ID)
    await AT_WORK.run(archiving.retire, ID)
    spoil()
    repeat = accept(applications)

    for _ in range(2):
        collected = activities.collect(StoreInput(application_id=ID))
        assert (collected.fresh, collected.ended, collected.view) == (True, None, 1)
    go_through(activities, repeat)
    assert list(applications.submissions(ID)) == []
    await AT_WORK.run(archiving.pack, ID)
    assert await AT_WORK.run(archiving.retire, ID) == RetireResult(done=True)

    assert records.archives.verify(ID).files == packed.files
    assert applications.ended(ID) is Stage.ARCHIVED


async def test_a_record_that_comes_too_late_stays_beside_a_damaged_archive(
    archiving: ArchiveActivities,
    applications: StoredApplications,
    store: ObjectStore,
    spoil: Callable[[], None],
) -> None:
    """Else it is taken back."""
    record = applications.find(ID)
    assert record
    await AT_WORK.run(archiving.pack, ID)
    await AT_WORK.run(archiving.retire, ID)
    applications.update(record)
    with pytest.raises(EndedError):
        applications.take_back_if_ended(ID)
    spoil()
    applications.update(record)

    applications.take_back_if_ended(ID)

    assert keys.record(ID) in names(store)


async def test_where_there_is_no_archive_nothing_is_removed(
    archiving: ArchiveActivities, store: ObjectStore
) -> None:
    """Somebody has removed it by hand, say."""
    await AT_WORK.run(archiving.pack, ID)
    store.delete(keys.record(ID))
    store.delete(keys.archive(ID))
    before = names(store)

    with capture_logs(), pytest.raises(DamagedError):
        await AT_WORK.run(archiving.retire, ID)

    assert names(store) == before

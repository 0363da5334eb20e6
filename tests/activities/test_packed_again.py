"""A second packing: no archive makes an earlier one poorer."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from temporalio.testing import ActivityEnvironment

from activities.archiving import ArchiveActivities
from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.amendments import assigned
from letterbox.domain.application import Application, Flag, Hold, Stage
from letterbox.domain.messages import RetireResult
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.records.applications import StoredApplications
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from tests.activities.steps import ID, accept, go_through
from tests.factories import PDF

AT_WORK = ActivityEnvironment()
HOLD = Hold(reason="case 4711", placed_at=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture(name="records")
def _records(store: ObjectStore) -> Records:
    return open_records(Settings(), store)


@pytest.fixture(name="recorded")
def _recorded(
    applications: StoredApplications, activities: ApplicationActivities
) -> Application:
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record
    return record


@pytest.fixture(name="archiving")
def _archiving(
    applications: StoredApplications, records: Records, recorded: Application
) -> ArchiveActivities:
    """Have one recorded."""
    assert recorded
    return ArchiveActivities(
        applications=applications, archives=records.archives, removal=records.removal
    )


def files(store: ObjectStore) -> dict[str, bytes]:
    """Read the payload of the archive."""
    with (
        store.open(keys.archive(ID)) as chunks,
        ZipFile(BytesIO(b"".join(chunks))) as bag,
    ):
        found = {name: bag.read(name) for name in bag.namelist()}
    return {
        name.partition("/data/")[2]: body
        for name, body in found.items()
        if "/data/" in name
    }


def lose(store: ObjectStore, prefix: str) -> None:
    """Remove objects of the open copy."""
    for one in list(store.list(f"{keys.application(ID)}{prefix}")):
        store.delete(one.key)


@pytest.mark.parametrize("lost", ["documents/", "source/"])
async def test_what_the_open_copy_has_lost_since_stays_in_the_archive(
    lost: str, archiving: ArchiveActivities, store: ObjectStore
) -> None:
    """And is not said to be missing."""
    await AT_WORK.run(archiving.pack, ID)
    before = files(store)
    lose(store, lost)

    await AT_WORK.run(archiving.pack, ID)

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult()
    assert files(store) == before


async def test_a_document_that_was_damaged_since_stays_whole_in_the_archive(
    archiving: ArchiveActivities, recorded: Application, store: ObjectStore
) -> None:
    """What is named by its content is known to be right."""
    await AT_WORK.run(archiving.pack, ID)
    before = files(store)
    store.put(keys.document(ID, recorded.attachments[0].name or ""), b"%PDF- cut")

    await AT_WORK.run(archiving.pack, ID)

    assert files(store) == before


async def test_a_source_that_differs_is_kept_beside_the_archived_one(
    archiving: ArchiveActivities, applications: StoredApplications, store: ObjectStore
) -> None:
    """Nobody can say which of two readable ones is the right one."""
    await AT_WORK.run(archiving.pack, ID)
    first = files(store)["source/1.json"]
    source = applications.view(ID, 1)
    other = source.model_copy(update={"said": {"other": "words"}})
    applications.save_view(other, 1)

    await AT_WORK.run(archiving.pack, ID)
    await AT_WORK.run(archiving.pack, ID)

    assert files(store)["earlier/source/1.json"] == first
    assert b"other" in files(store)["source/1.json"]


async def test_a_record_that_comes_back_alone_leaves_the_archive_as_it_is(
    archiving: ArchiveActivities, recorded: Application, store: ObjectStore
) -> None:
    """By a bucket's replica, or a loss of power while it was removed."""
    await AT_WORK.run(archiving.pack, ID)
    await AT_WORK.run(archiving.retire, ID)
    before = files(store)
    store.put(keys.record(ID), recorded.model_dump_json().encode())

    await AT_WORK.run(archiving.pack, ID)

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult()
    assert files(store) == before
    assert [one.key for one in store.list("applications/")] == []


async def test_what_a_record_that_came_back_knows_besides_is_archived(
    archiving: ArchiveActivities,
    recorded: Application,
    records: Records,
    store: ObjectStore,
) -> None:
    """It was held meanwhile, and flagged: neither is lost, nor are the documents."""
    await AT_WORK.run(archiving.pack, ID)
    await AT_WORK.run(archiving.retire, ID)
    flagged = recorded.model_copy(update={"flags": (Flag.DUPLICATE,)})
    store.put(keys.record(ID), flagged.model_dump_json().encode())
    records.holds.place(ID, HOLD)

    await AT_WORK.run(archiving.pack, ID)

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult()
    archived = records.archives.record(ID)
    assert archived.flags == (Flag.DUPLICATE, Flag.HELD)
    assert (archived.stage, archived.hold) == (Stage.ARCHIVED, HOLD)
    assert PDF in files(store).values()


async def test_a_change_after_the_packing_is_in_the_next_archive(
    archiving: ArchiveActivities,
    recorded: Application,
    applications: StoredApplications,
    records: Records,
    store: ObjectStore,
) -> None:
    """The open copy is whole: its record is the newer one."""
    await AT_WORK.run(archiving.pack, ID)
    changed = assigned(recorded, Position(reference="DEV-17"))
    applications.update(changed, applications.find(ID))

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult(done=False)
    await AT_WORK.run(archiving.pack, ID)

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult()
    assert records.archives.record(ID).position.reference == "DEV-17"
    assert PDF in files(store).values()


@pytest.mark.parametrize("harm", [b"", b"PK\3\4 cut"])
async def test_an_archive_that_cannot_be_read_is_replaced(
    harm: bytes, archiving: ArchiveActivities, store: ObjectStore
) -> None:
    """It holds nothing that anyone could take from it."""
    await AT_WORK.run(archiving.pack, ID)
    before = files(store)
    store.put(keys.archive(ID), harm)

    await AT_WORK.run(archiving.pack, ID)

    assert files(store) == before

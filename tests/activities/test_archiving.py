"""Packing and removing, while others change the record."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from temporalio.testing import ActivityEnvironment

from activities.archiving import ArchiveActivities
from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.amendments import assigned
from letterbox.domain.application import Flag, Stage
from letterbox.domain.errors import DamagedError
from letterbox.domain.messages import RetireResult
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.records.applications import StoredApplications
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from tests.activities.steps import ID, accept, go_through

AT_WORK = ActivityEnvironment()
CHOSEN = Position(reference="DEV-17")


class AssignedMeanwhile(StoredApplications):
    """A store in which a person chooses the position while documents are read."""

    @contextmanager
    def open_document(
        self, application_id: str, name: str
    ) -> Iterator[Iterator[bytes]]:
        """Change the record, then read the document."""
        record = self.find(application_id)
        assert record
        self.update(assigned(record, CHOSEN), record)
        with super().open_document(application_id, name) as chunks:
            yield chunks


@pytest.fixture(name="records")
def _records(store: ObjectStore) -> Records:
    return open_records(Settings(), store)


@pytest.fixture(name="archiving")
def _archiving(
    store: ObjectStore,
    records: Records,
    applications: StoredApplications,
    activities: ApplicationActivities,
) -> ArchiveActivities:
    """Have one recorded, of which a document has been lost since."""
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record
    assert record.attachments[0].name
    store.delete(keys.document(ID, record.attachments[0].name))
    return ArchiveActivities(
        applications=applications, archives=records.archives, removal=records.removal
    )


async def test_a_lost_document_is_said_in_the_archive(
    archiving: ArchiveActivities, records: Records
) -> None:
    """And keeps nothing from being archived."""
    await AT_WORK.run(archiving.pack, ID)

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult(done=True)
    archived = records.archives.record(ID)
    assert archived.attachments[0].problem == "missing"
    assert Flag.INCOMPLETE in archived.flags
    assert archived.stage is Stage.ARCHIVED


async def test_what_was_changed_while_packing_is_neither_undone_nor_removed(
    archiving: ArchiveActivities,
    applications: StoredApplications,
    records: Records,
    store: ObjectStore,
) -> None:
    """A person was told that it is assigned: it is packed again."""
    meanwhile = ArchiveActivities(
        applications=AssignedMeanwhile(store),
        archives=records.archives,
        removal=records.removal,
    )
    await AT_WORK.run(meanwhile.pack, ID)

    assert await AT_WORK.run(archiving.retire, ID) == RetireResult(done=False)
    record = applications.find(ID)
    assert record
    assert record.position.reference == "DEV-17"


async def test_documents_whose_record_and_archive_are_lost_are_not_removed(
    archiving: ArchiveActivities, store: ObjectStore
) -> None:
    """They may be all there is; the step fails where people see it."""
    await AT_WORK.run(archiving.pack, ID)
    for lost in (keys.record(ID), keys.archive(ID)):
        store.delete(lost)
    left = {one.key for one in store.list(keys.application(ID))}

    with pytest.raises(DamagedError):
        await AT_WORK.run(archiving.retire, ID)

    assert left
    assert {one.key for one in store.list(keys.application(ID))} == left

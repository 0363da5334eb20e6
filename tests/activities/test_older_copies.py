"""What an older record, a lost one or a damaged archive leaves is not the last copy."""

from datetime import UTC, datetime

import pytest

from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from letterbox.domain.messages import StoreInput, StoreResult
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Recorded
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.objects import exists
from tests.activities.steps import ID, accept, go_through, record_view

STORING = StoreInput(application_id=ID)
LATER = datetime(2026, 1, 2, tzinfo=UTC)


def take_over(activities: ApplicationActivities) -> Recorded | None:
    """Do as the workflow does, until nothing is left to be taken over."""
    recorded, stored = None, activities.store_documents(STORING)
    while stored.fresh:
        recorded = record_view(activities, ID, stored.view)
        if not stored.more:
            break
        stored = activities.store_documents(STORING)
    return recorded


def fingerprints(applications: StoredApplications) -> list[str]:
    """List what the record knows to have been delivered, and can be read."""
    record = applications.find(ID)
    assert record
    assert [
        applications.view(ID, view.number).fingerprint for view in record.views
    ] == [view.fingerprint for view in record.views]
    return [view.fingerprint for view in record.views]


def test_a_delivery_that_an_older_record_has_forgotten_is_taken_over_again(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Yesterday's copy of the store was laid over today's; then another one comes."""
    first = accept(applications)
    go_through(activities, first)
    older = store.get(keys.record(ID))
    second = accept(applications, lastname="Other", received_at=LATER)
    go_through(activities, second, view=2)
    store.put(keys.record(ID), older)
    third = accept(applications, lastname="Third", received_at=LATER)

    take_over(activities)

    delivered = [one.fingerprint for one in (first, second, third)]
    assert fingerprints(applications) == delivered


def test_a_forgotten_delivery_is_taken_over_though_nothing_new_comes(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """At the latest before it is archived."""
    go_through(activities, accept(applications))
    older = store.get(keys.record(ID))
    second = accept(applications, lastname="Other", received_at=LATER)
    go_through(activities, second, view=2)
    store.put(keys.record(ID), older)

    recorded = take_over(activities)

    assert recorded
    assert Flag.CONFLICT in recorded.flags
    assert second.fingerprint in fingerprints(applications)


def test_what_comes_after_a_record_was_lost_does_not_take_the_firsts_place(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Its source is the last there is of it, and is still the first to be recorded."""
    first = accept(applications)
    go_through(activities, first)
    store.delete(keys.record(ID))
    other = accept(applications, lastname="Other", received_at=LATER)

    take_over(activities)

    assert fingerprints(applications) == [first.fingerprint, other.fingerprint]


@pytest.mark.parametrize("harm", [b"", b"PK\3\4 cut", b"{}"])
def test_a_repeat_of_what_is_archived_mends_a_damaged_archive(
    harm: bytes,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """It is the only whole copy: it is recorded, and will be archived anew."""
    store.put(keys.archive(ID), harm)
    accept(applications)

    recorded = take_over(activities)

    assert recorded
    assert recorded.stage is Stage.MATCHED
    assert list(applications.submissions(ID)) == []


def test_what_lies_beside_a_damaged_archive_stays(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Its record is lost as well: the sources and the documents are the last copy."""
    delivery = accept(applications)
    go_through(activities, delivery)
    store.put(keys.archive(ID), b"PK\3\4 cut")
    store.delete(keys.record(ID))

    assert activities.collect(STORING) == StoreResult(ended=Stage.ARCHIVED)

    assert applications.view(ID, 1) == delivery
    assert exists(store, keys.document(ID, delivery.documents[0].name))


def test_a_late_repeat_of_what_is_archived_well_is_removed(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """With all that it has brought."""
    records = open_records(Settings(digest_key=("a key for tests",)), store)
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record
    records.archives.pack(record)
    records.removal.delete_open_copy(ID)
    accept(applications)

    assert activities.collect(STORING) == StoreResult(ended=Stage.ARCHIVED)

    assert list(applications.submissions(ID)) == []
    assert [one.key for one in store.list(keys.application(ID))] == []

"""What lies in the inbox and cannot be read is for a person, and stops nothing."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.archiving import ArchiveActivities
from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.messages import RetireResult, StoreInput, StoreResult
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records
from letterbox.settings import Settings
from tests.activities.steps import ID, accept, go_through
from tests.activities.test_applications import end

GIVEN = StoreInput(application_id=ID)
ODD = f"{keys.inbox(ID)}.DS_Store"
OLD = f"{keys.old_inbox_of(ID)}.DS_Store"


@pytest.mark.parametrize("key", [ODD, OLD])
def test_it_does_not_stop_a_recorded_application(
    key: str,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """It is told of, without what is in it, and left where it is."""
    recorded = go_through(activities, accept(applications))
    store.put(key, b'{"lastname": "Example"}')

    with capture_logs() as logs:
        collected = activities.collect(GIVEN)

    assert collected == StoreResult(recorded=recorded, view=2)
    assert logs == [
        {"event": "unreadable inbox record", "log_level": "error", "application": ID}
    ]
    assert store.stat(key)


async def test_it_does_not_stop_the_archiving(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The documents that it may have brought are in the archive; it stays itself."""
    go_through(activities, accept(applications))
    store.put(keys.document(ID, "of-it.pdf"), b"%PDF-")
    store.put(ODD, b"\0\0\0\1Bud1")
    records = open_records(Settings(), store)
    archiving = ArchiveActivities(
        applications=applications, archives=records.archives, removal=records.removal
    )

    await ActivityEnvironment().run(archiving.pack, ID)
    retired = await ActivityEnvironment().run(archiving.retire, ID)

    with store.open(keys.archive(ID)) as chunks:
        assert b"data/documents/of-it.pdf" in b"".join(chunks)
    assert retired == RetireResult()
    assert [one.key for one in store.list("inbox/")] == [ODD]


@pytest.mark.parametrize(
    ("key", "stage", "left"),
    [
        (keys.tombstone(ID), Stage.ERASED, []),
        (keys.tombstone(ID), Stage.DISCARDED, []),
        (keys.archive(ID), Stage.ARCHIVED, [ODD]),
    ],
)
def test_it_does_not_bring_back_what_has_ended(
    activities: ApplicationActivities,
    store: ObjectStore,
    key: str,
    stage: Stage,
    left: list[str],
) -> None:
    """Of who was erased not even that stays: it may be a cut delivery."""
    end(store, key, stage)
    store.put(ODD, b"{")

    assert activities.collect(GIVEN) == StoreResult(ended=stage)
    assert [one.key for one in store.list("inbox/")] == left


@pytest.mark.parametrize("key", [ODD, OLD])
@pytest.mark.parametrize("body", [b"", b"{", b'{"lastname": "Example"}'])
def test_alone_it_fails_loudly(
    key: str, body: bytes, activities: ApplicationActivities, store: ObjectStore
) -> None:
    """It may be an application: nobody else knows of it."""
    store.put(key, body)

    with pytest.raises(ValueError, match=r"no submission|validation"):
        activities.collect(GIVEN)


@pytest.mark.parametrize("spoil", [lambda body: body[:-9], lambda _: b'{"of": "2.0"}'])
def test_what_takes_a_delivery_s_place_does_not_stop_its_recording(
    spoil: Callable[[bytes], bytes],
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Such as the same one again, by a newer version's API."""
    delivery = accept(applications)
    activities.collect(GIVEN)
    key = keys.inbox_record(ID, delivery.fingerprint)
    store.put(key, spoil(store.get(key)))
    applications.clear(delivery)

    assert [one.key for one in store.list("inbox/")] == [key]

"""A late repeat of what is held, and of which there is a tombstone all the same."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Hold, Stage, Tombstone
from letterbox.domain.messages import StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records
from tests.activities.steps import ID, SETTINGS, accept, go_through, names

NOW = datetime.now(UTC)


@pytest.mark.parametrize("is_readable", [True, False])
def test_nothing_of_a_held_application_goes_with_a_late_repeat(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
    *,
    is_readable: bool,
) -> None:
    """Its removal died before it had removed anything, or nobody knows of any."""
    go_through(activities, accept(applications))
    accept(applications, received_at=NOW)
    before = names(store)
    tombstone = Tombstone(reason="a request", removed_at=NOW, id=ID)
    written = tombstone.model_copy(update={"removed": len(before) - 1})
    body = written.model_dump_json().encode() if is_readable else b"cut {"
    hold = Hold(reason="a lawsuit", placed_at=NOW + timedelta(seconds=1))
    open_records(SETTINGS, store).holds.place(ID, hold)
    store.put(keys.tombstone(ID), body)

    stored = activities.store_documents(StoreInput(application_id=ID))

    assert stored.ended is Stage.ERASED
    assert names(store) == before | {keys.hold(ID), keys.tombstone(ID)}

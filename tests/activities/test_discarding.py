"""LETTERBOX_SEEK_UNMATCHED=discard: what is removed at once, and what never is."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.intake import ApplicationActivities
from activities.removing import EraseActivities
from letterbox.catalogue.imports.report import update_status
from letterbox.domain.application import Flag, Hold, Stage, Tombstone
from letterbox.domain.catalogue_status import ImportTrouble
from letterbox.domain.commands import EraseInput, EraseRequest
from letterbox.domain.errors import HeldError
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.resources import Records, open_records
from tests.activities.conftest import over
from tests.activities.noticed import SEEK, notice, take_in
from tests.activities.steps import ID, SETTINGS, accept, go_through

HOLD = Hold(reason="case 4711", placed_at=datetime(2026, 11, 1, tzinfo=UTC))
TOMBSTONE = Tombstone(reason="a request", removed_at=datetime(2026, 11, 2, tzinfo=UTC))


@pytest.fixture(name="records")
def _records(store: ObjectStore) -> Records:
    return open_records(SETTINGS, store)


@pytest.fixture(name="steps")
def _steps(store: ObjectStore) -> ApplicationActivities:
    return over(store, SETTINGS, discard_unmatched=True)


def test_an_application_for_a_foreign_ad_is_discarded_at_once(
    steps: ApplicationActivities, applications: StoredApplications
) -> None:
    """Nothing is left of it but a tombstone."""
    applications.accept(notice(), {})

    assert take_in(steps, applications).stage is Stage.DISCARDED
    assert applications.ended(SEEK) is Stage.DISCARDED


@pytest.mark.parametrize("trouble", ImportTrouble)
def test_nothing_is_discarded_while_the_catalogue_may_lack_an_ad(
    trouble: ImportTrouble,
    store: ObjectStore,
    steps: ApplicationActivities,
    applications: StoredApplications,
) -> None:
    """The latest import failed, was cut off, skipped jobs or waits with removals."""
    update_status(
        store, None, lambda feed: feed.in_trouble(trouble, datetime.now(UTC), "?")
    )
    applications.accept(notice(), {})

    assert take_in(steps, applications).stage is Stage.TRIAGE
    assert applications.find(SEEK)


def test_nothing_is_discarded_while_the_catalogue_is_old(
    store: ObjectStore, steps: ApplicationActivities, applications: StoredApplications
) -> None:
    """An ad of this week is not in that of a week ago."""
    week_ago = datetime.now(UTC) - timedelta(days=8)
    update_status(
        store, None, lambda feed: feed.model_copy(update={"whole_at": week_ago})
    )
    applications.accept(notice(), {})

    assert take_in(steps, applications).stage is Stage.TRIAGE


def test_an_application_that_seek_withheld_at_first_is_discarded_too(
    steps: ApplicationActivities, applications: StoredApplications
) -> None:
    """It was only ever received: nobody has waited for it."""
    applications.accept(notice(), {})
    take_in(steps, applications, is_shown=False)

    assert take_in(steps, applications).stage is Stage.DISCARDED


def test_an_application_that_has_waited_in_triage_is_not_discarded(
    store: ObjectStore, steps: ApplicationActivities, applications: StoredApplications
) -> None:
    """Such as from before the setting: its last look would remove it."""
    applications.accept(notice(), {})
    take_in(over(store, SETTINGS), applications)

    again = notice().model_copy(update={"received_at": datetime.now(UTC)})
    applications.accept(again, {})
    recorded = take_in(steps, applications)

    assert recorded.stage is Stage.TRIAGE
    assert applications.find(SEEK)


@pytest.mark.parametrize("is_recorded", [True, False])
def test_an_application_that_is_held_is_not_discarded(
    is_recorded: bool,  # noqa: FBT001 pytest passes parameters by name
    steps: ApplicationActivities,
    applications: StoredApplications,
    records: Records,
) -> None:
    """Whether the hold came before the record or after it; the record says so."""
    applications.accept(notice(), {})
    if is_recorded:
        take_in(steps, applications, is_shown=False)
    records.holds.place(SEEK, HOLD)

    recorded = take_in(steps, applications)

    assert recorded.stage is Stage.TRIAGE
    assert Flag.HELD in recorded.flags
    record = applications.find(SEEK)
    assert record
    assert record.candidate.emails
    assert records.holds.find(SEEK)


def test_a_hold_that_has_ended_keeps_nothing_from_being_discarded(
    steps: ApplicationActivities, applications: StoredApplications, records: Records
) -> None:
    """It holds until its moment, and no longer."""
    applications.accept(notice(), {})
    over_by = datetime.now(UTC) - timedelta(days=1)
    records.holds.place(SEEK, HOLD.model_copy(update={"until": over_by}))

    assert take_in(steps, applications).stage is Stage.DISCARDED


async def test_an_erasure_is_refused_while_a_hold_is_in_force(
    activities: ApplicationActivities,
    applications: StoredApplications,
    records: Records,
    store: ObjectStore,
) -> None:
    """Whoever asks: nothing is removed, and there is no tombstone."""
    go_through(activities, accept(applications))
    records.holds.place(ID, HOLD)
    before = [one.key for one in store.list("")]
    erasing = EraseActivities(removal=records.removal, own_ids=lambda _: None)
    asked = EraseInput(application_id=ID, given=EraseRequest(reason="a request"))

    with pytest.raises(HeldError):
        await ActivityEnvironment().run(erasing.erase, asked)

    assert [one.key for one in store.list("")] == before


def test_an_erasure_that_has_begun_is_ended_though_its_hold_is_still_there(
    activities: ApplicationActivities,
    applications: StoredApplications,
    records: Records,
    store: ObjectStore,
) -> None:
    """The tombstone was written first, after a look for a hold: half is worse."""
    go_through(activities, accept(applications))
    records.removal.erase(ID, TOMBSTONE)
    records.holds.place(ID, HOLD)

    records.removal.erase(ID, TOMBSTONE)

    assert [one.key for one in store.list("holds/")] == []

"""A record that is lost while a new delivery waits: no source is overwritten."""

from datetime import UTC, datetime

import pytest

from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Flag
from letterbox.domain.errors import DamagedError
from letterbox.domain.messages import StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records import inbox
from letterbox.records.applications import StoredApplications
from tests.activities.noticed import SEEK, notice, take_in
from tests.activities.steps import ID, accept, go_through, record_view

LATER = datetime(2026, 1, 2, tzinfo=UTC)


def put_back(store: ObjectStore, delivery: Submission) -> None:
    """Put a delivery into the inbox, as an audit that repairs does."""
    inbox.put(store, delivery)


def sources(store: ObjectStore) -> dict[str, bytes]:
    """Read all sources."""
    return {one.key: store.get(one.key) for one in store.list(keys.sources(ID))}


@pytest.mark.parametrize("was_recorded", [True, False])
def test_a_new_delivery_does_not_become_the_first_where_the_record_is_lost(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
    was_recorded: bool,  # noqa: FBT001 pytest passes parameters by name
) -> None:
    """Its source is recorded again before all else, and the new one comes second."""
    first = accept(applications)
    go_through(activities, first)
    store.delete(keys.record(ID))
    before = sources(store)
    other = accept(applications, lastname="Other", received_at=LATER)
    given = StoreInput(application_id=ID, was_recorded=was_recorded)

    for _ in range(2):
        collected = activities.collect(given)
        assert (collected.view, collected.fresh, collected.more) == (1, True, True)
    assert sources(store) == before
    assert list(applications.submissions(ID)) == [other]
    go_through(activities, first)
    assert activities.collect(given).view == 2
    recorded = go_through(activities, other, view=2)

    assert Flag.CONFLICT in recorded.flags
    assert [applications.view(ID, number) for number in (1, 2)] == [first, other]
    assert list(applications.submissions(ID)) == []
    assert before.items() <= sources(store).items()


def test_where_the_record_is_lost_and_nothing_new_comes_the_error_is_seen(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """An audit that repairs, a person or the board itself brings it back."""
    go_through(activities, accept(applications))
    store.delete(keys.record(ID))
    before = sources(store)

    for _ in range(2):
        with pytest.raises(DamagedError, match="the record is lost"):
            activities.collect(StoreInput(application_id=ID, was_recorded=True))

    assert sources(store) == before


def test_what_the_sources_have_is_recorded_again_under_their_numbers(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Once it is back in the inbox; what is new comes behind it."""
    first = accept(applications)
    go_through(activities, first)
    second = accept(applications, lastname="Other", received_at=LATER)
    go_through(activities, second, view=2)
    store.delete(keys.record(ID))
    before = sources(store)
    third = accept(applications, lastname="Third", received_at=LATER.replace(month=3))
    for delivery in (first, second):
        put_back(store, delivery)

    for view, delivery in enumerate((first, second, third), 1):
        assert activities.collect(StoreInput(application_id=ID)).view == view
        go_through(activities, delivery, view=view)

    record = applications.find(ID)
    assert record
    kept = [applications.view(ID, view.number) for view in record.views]
    assert [one.fingerprint for one in kept] == [
        one.fingerprint for one in (first, second, third)
    ]
    assert before.items() <= sources(store).items()
    assert list(applications.submissions(ID)) == []


@pytest.mark.parametrize("body", [b"", b"{", None], ids=["empty", "cut", "foreign"])
def test_a_source_that_cannot_be_read_is_not_overwritten_either(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
    body: bytes | None,
) -> None:
    """A person may still read in it; the new delivery gets the next number."""
    go_through(activities, accept(applications))
    store.delete(keys.record(ID))
    foreign = applications.view(ID, 1).model_copy(update={"application_id": "a:b"})
    harmed = foreign.model_dump_json().encode() if body is None else body
    store.put(keys.source(ID, 1), harmed)
    other = accept(applications, lastname="Other", received_at=LATER)

    collected = activities.collect(StoreInput(application_id=ID))
    go_through(activities, other, view=collected.view)

    record = applications.find(ID)
    assert record
    assert [view.number for view in record.views] == [2]
    assert store.get(keys.source(ID, 1)) == harmed
    assert applications.view(ID, 2) == other


def test_a_number_that_a_lost_record_gave_is_not_given_again(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Such as where a backup has brought back an earlier record: it is caught up."""
    go_through(activities, accept(applications))
    earlier = store.get(keys.record(ID))
    second = accept(applications, lastname="Other", received_at=LATER)
    go_through(activities, second, view=2)
    store.put(keys.record(ID), earlier)
    third = accept(applications, lastname="Third", received_at=LATER)

    for view, delivery in ((2, second), (3, third)):
        assert activities.collect(StoreInput(application_id=ID)).view == view
        go_through(activities, delivery, view=view)

    record = applications.find(ID)
    assert record
    assert [view.number for view in record.views] == [1, 2, 3]
    assert [applications.view(ID, number) for number in (2, 3)] == [second, third]
    assert list(applications.submissions(ID)) == []


def test_an_answer_that_is_in_no_record_is_kept_when_the_board_tells_again(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The same notice, repeated later, is asked about under a number of its own."""
    applications.accept(notice(), {})
    take_in(activities, applications)
    earlier = store.get(keys.record(SEEK))
    again = notice().model_copy(update={"received_at": datetime.now(UTC)})
    applications.accept(again, {})
    take_in(activities, applications)
    store.put(keys.record(SEEK), earlier)
    kept = store.get(keys.source(SEEK, 2))
    later = notice().model_copy(
        update={"received_at": datetime.now(UTC).replace(year=2036)}
    )
    applications.accept(later, {})

    take_in(activities, applications)

    record = applications.find(SEEK)
    assert record
    assert [view.number for view in record.views] == [1, 3]
    assert store.get(keys.source(SEEK, 2)) == kept


def test_a_collect_that_is_tried_again_keeps_its_number(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Though another came meanwhile that was received before it."""
    later = accept(applications, received_at=LATER)
    assert activities.collect(StoreInput(application_id=ID)).view == 1
    earlier = accept(applications, lastname="Earlier")

    collected = activities.collect(StoreInput(application_id=ID))
    record_view(activities, ID, collected.view)
    last = activities.collect(StoreInput(application_id=ID))

    assert (collected.view, last.view, last.repeated) == (2, 1, True)
    assert applications.view(ID, 1) == later
    assert applications.view(ID, 2) == earlier
    assert len(sources(store)) == 2

"""What comes again: kept once, ten differing ones at most, nothing after the end."""

from datetime import UTC, datetime

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Tombstone, View
from letterbox.domain.ports import ObjectStore
from letterbox.domain.repeats import RecentApplications, Repeat
from letterbox.domain.submission import MAX_DELIVERIES, Submission
from letterbox.records.applications import StoredApplications
from letterbox.records.repeats import StoredRepeats
from tests.letterbox.archive.packing import invented

ID = "careerjet:repeats"
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def delivery(fingerprint: str) -> Submission:
    """Make one that differs by its fingerprint."""
    return Submission(
        application_id=ID,
        board="careerjet",
        board_id="1",
        fingerprint=fingerprint,
        received_at=NOW,
        said={},
    )


@pytest.fixture(name="applications")
def _applications(store: ObjectStore) -> StoredApplications:
    return StoredApplications(store)


@pytest.fixture(name="repeats")
def _repeats(store: ObjectStore, applications: StoredApplications) -> StoredRepeats:
    return StoredRepeats(store, applications)


def recorded(applications: StoredApplications, *fingerprints: str) -> None:
    """Keep a record that has these views."""
    views = [
        View(number=number, fingerprint=one, received_at=NOW)
        for number, one in enumerate(fingerprints, 1)
    ]
    record = invented(ID).model_copy(update={"views": tuple(views)})
    applications.update(record)


def test_a_submission_that_waits_or_is_recorded_is_a_repeat(
    applications: StoredApplications, repeats: StoredRepeats
) -> None:
    """Another delivery of the same application is new; of another id it is nothing."""
    applications.accept(delivery("a"), {})
    recorded(applications, "b")

    found = {one: repeats.judge(delivery(one)) for one in "abc"}

    assert found == {"a": Repeat.KEPT, "b": Repeat.KEPT, "c": Repeat.NEW}


@pytest.mark.parametrize("in_record", [0, 4, MAX_DELIVERIES])
def test_an_eleventh_differing_submission_is_surplus(
    in_record: int, applications: StoredApplications, repeats: StoredRepeats
) -> None:
    """Wherever they lie, and one that lies in both places counts once."""
    names = [f"{number}" for number in range(MAX_DELIVERIES)]
    if in_record:
        recorded(applications, *names[:in_record])
    for name in names[max(in_record - 1, 0) : -1]:
        applications.accept(delivery(name), {})

    tenth = repeats.judge(delivery(names[-1]))
    applications.accept(delivery(names[-1]), {})

    assert tenth is (Repeat.KEPT if in_record == MAX_DELIVERIES else Repeat.NEW)
    assert repeats.judge(delivery("another")) is Repeat.SURPLUS
    assert repeats.judge(delivery("0")) is Repeat.KEPT


def test_one_that_cannot_be_read_is_mended_by_its_repeat(
    store: ObjectStore, repeats: StoredRepeats
) -> None:
    """It is written again, as if it had not been there."""
    store.put(keys.inbox_record(ID, "a"), b"cut off {")

    assert repeats.judge(delivery("a")) is Repeat.NEW


def test_a_record_that_cannot_be_read_counts_by_its_sources(
    store: ObjectStore, applications: StoredApplications, repeats: StoredRepeats
) -> None:
    """It must neither refuse a person nor open the door to a flood."""
    store.put(keys.record(ID), b"cut off {")
    assert repeats.judge(delivery("a")) is Repeat.NEW

    for number in range(1, MAX_DELIVERIES + 1):
        applications.save_view(delivery(f"{number}"), number)

    assert repeats.judge(delivery("a")) is Repeat.SURPLUS


def test_a_submission_of_an_ended_application_is_not_kept(
    store: ObjectStore, repeats: StoredRepeats
) -> None:
    """A tombstone is the end of it."""
    tombstone = Tombstone(reason="request 17", removed_at=NOW)
    store.put(keys.tombstone(ID), tombstone.model_dump_json().encode())

    assert repeats.judge(delivery("a")) is Repeat.ENDED


def test_only_the_latest_applications_are_remembered() -> None:
    """Memory is bounded; what is forgotten costs a write."""
    seen = RecentApplications(most=2)

    for one in ("a", "b", "a", "c"):
        seen.add(one)

    assert [seen.before(one) for one in "abc"] == [True, False, True]

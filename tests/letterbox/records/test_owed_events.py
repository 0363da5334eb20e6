"""What the ATS is owed of applications that are over is kept until it has it."""

import pytest

from letterbox.domain import keys
from letterbox.domain.application import EventType, Stage
from letterbox.domain.errors import DamagedError
from letterbox.domain.events import Undelivered
from letterbox.domain.owing import with_event
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.owed_events import StoredOwedEvents, owed_applications
from tests.record_factory import NOON, record

ID = "careerjet:1"
LONG_ID = "careerjet:" + "ü" * 90


def event(delivery_id: str, application_id: str = ID) -> Undelivered:
    """Give an event of an archived application."""
    return Undelivered(
        application_id=application_id,
        type=EventType.ARCHIVED,
        happened_at=NOON,
        stage=Stage.ARCHIVED,
        delivery_id=delivery_id,
    )


@pytest.mark.parametrize("one", [ID, LONG_ID])
def test_events_are_kept_once_each_until_they_are_forgotten(
    store: ObjectStore, one: str
) -> None:
    """In their order; the last one takes the object with it."""
    owed = StoredOwedEvents(store)
    first, second = event("a", one), event("b", one)
    before = owed.find(one)
    owed.save(one, (first,))
    owed.save(one, (first, second))
    both, named = owed.find(one), list(owed.applications())
    owed.remove(one, "a")
    owed.remove(one, "a")
    left = owed.find(one)
    owed.remove(one, "b")

    assert (before, both, named, left) == ((), (first, second), [one], (second,))
    assert list(store.list(keys.OWED)) == []


def test_forgetting_that_died_before_it_removed_the_object_is_ended_by_the_next(
    store: ObjectStore,
) -> None:
    """The step is tried again: nothing of what is over and told stays behind."""
    owed = StoredOwedEvents(store)
    store.put(keys.owed(ID), f'{{"application_id": "{ID}", "events": []}}'.encode())

    owed.remove(ID, "a")

    assert list(store.list(keys.OWED)) == []


@pytest.mark.parametrize(
    "body", [b"", b"{]", b"[]", b'{"application_id": "seek:2", "events": []}']
)
def test_what_cannot_be_read_is_said_and_makes_room(
    store: ObjectStore, body: bytes
) -> None:
    """Cut or foreign: named, so that somebody looks; what is kept next counts."""
    owed = StoredOwedEvents(store)
    store.put(keys.owed(ID), body)

    with pytest.raises(DamagedError):
        owed.find(ID)
    named = list(owed.applications())
    owed.save(ID, (event("a"),))

    assert named == [ID]
    assert owed.find(ID) == (event("a"),)


def test_all_that_is_owed_is_found_open_and_over(store: ObjectStore) -> None:
    """Each application once; one that owes nothing, or is damaged, is not named."""
    applications = StoredApplications(store)
    for one in ("careerjet:open", LONG_ID, ID):
        owing = with_event(record(one), EventType.RECORDED, NOON)
        applications.update(owing)
    applications.update(record("careerjet:told"))
    store.put(keys.record("careerjet:damaged"), b"{]")
    StoredOwedEvents(store).save("careerjet:over", (event("a", "careerjet:over"),))
    StoredOwedEvents(store).save(ID, (event("a"),))
    read: list[int] = []

    found = list(owed_applications(store, read.append))

    assert found[:2] == [ID, "careerjet:over"]
    assert sorted(found[2:]) == sorted(["careerjet:open", LONG_ID])
    assert read[-1] == 5

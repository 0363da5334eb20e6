"""A hold and a tombstone beside each other: what a kill or a mix-up may leave."""

from datetime import UTC, datetime, timedelta

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Application, Hold, Stage, Tombstone
from letterbox.domain.errors import HeldError
from letterbox.domain.ports import ObjectStore
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from letterbox.storage.objects import exists
from tests.record_factory import record

ID = "careerjet:1"
NOW = datetime.now(UTC)
TOMBSTONE = Tombstone(reason="a request", removed_at=NOW, id=ID, removed=2)
HOLD = Hold(reason="a lawsuit", placed_at=NOW + timedelta(seconds=1))


@pytest.fixture(name="records")
def _records(store: ObjectStore) -> Records:
    return open_records(Settings(), store)


@pytest.fixture(name="kept")
def _kept(records: Records, store: ObjectStore) -> Application:
    kept = record(ID)
    records.applications.update(kept)
    store.put(keys.source(ID, 1), b"what the board said")
    return kept


def put(store: ObjectStore, tombstone: Tombstone) -> None:
    """Write a tombstone where that of our application lies."""
    store.put(keys.tombstone(ID), tombstone.model_dump_json().encode())


@pytest.mark.parametrize("step", ["erase", "resume_erasure"])
def test_a_hold_granted_before_the_tombstone_of_a_dead_removal_counts(
    step: str, kept: Application, records: Records, store: ObjectStore
) -> None:
    """It died between the tombstone and its second look for a hold."""
    records.holds.place(ID, HOLD)
    put(store, TOMBSTONE)

    if step == "resume_erasure":
        records.removal.resume_erasure(ID)
    else:
        with pytest.raises(HeldError):
            records.removal.erase(ID, TOMBSTONE)
        assert not exists(store, keys.tombstone(ID))

    assert records.applications.find(ID) == kept
    assert exists(store, keys.hold(ID))
    assert exists(store, keys.source(ID, 1))


def test_an_erasure_that_a_restored_hold_is_older_than_is_ended(
    kept: Application, records: Records, store: ObjectStore
) -> None:
    """It was released before; a copy of the store has brought it back."""
    put(store, TOMBSTONE)
    earlier = {"placed_at": kept.received_at - timedelta(days=1)}
    records.holds.place(ID, HOLD.model_copy(update=earlier))

    records.removal.erase(ID, TOMBSTONE)

    assert [one.key for one in store.list(keys.application(ID))] == []
    assert exists(store, keys.tombstone(ID))


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b"{"])
def test_a_tombstone_that_cannot_be_read_does_not_count_against_a_hold(
    damage: bytes, kept: Application, records: Records, store: ObjectStore
) -> None:
    """Nobody knows that anything was to be removed."""
    records.holds.place(ID, HOLD)
    store.put(keys.tombstone(ID), damage)

    records.removal.resume_erasure(ID)

    assert records.applications.find(ID) == kept
    assert exists(store, keys.hold(ID))


def test_a_tombstone_of_another_application_ends_nothing(
    kept: Application, records: Records, store: ObjectStore
) -> None:
    """Somebody has put it there by hand; a tombstone of our own takes its place."""
    put(store, TOMBSTONE.model_copy(update={"id": "careerjet:2"}))

    assert records.applications.ended(ID) is None
    records.applications.take_back_if_ended(ID)
    assert records.applications.find(ID) == kept

    records.removal.erase(ID, TOMBSTONE)
    assert records.applications.ended(ID) is Stage.ERASED
    told = records.applications.tombstone(ID)
    assert told
    assert told.id == ID

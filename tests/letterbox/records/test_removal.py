"""What a removal takes with it, and when it has to walk over all markers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from letterbox.archive.archives import BagArchives
from letterbox.domain import keys
from letterbox.domain.application import Hold, Stage, Tombstone
from letterbox.domain.errors import HeldError
from letterbox.domain.privacy import digest
from letterbox.records.applications import StoredApplications
from letterbox.records.candidates import StoredCandidates
from letterbox.records.holds import StoredHolds
from letterbox.records.removal import StoredRemoval
from letterbox.storage.directory import DirectoryStore
from tests.factories import careerjet
from tests.record_factory import record

ID = "careerjet:1"
KEY = b"a key for tests"
TOMBSTONE = Tombstone(
    stage=Stage.ERASED, reason="a test", removed_at=datetime(2026, 1, 1, tzinfo=UTC)
)
HOLD = Hold(reason="case 4711", placed_at=datetime(2026, 1, 1, tzinfo=UTC))


class Walking(StoredCandidates):
    """Remembers for whom it walked."""

    def __init__(self, store: DirectoryStore) -> None:
        super().__init__(store, [KEY])
        self.walked: list[str] = []

    def unmark_by_scan(self, application_id: str) -> None:
        """Walk."""
        self.walked.append(application_id)
        super().unmark_by_scan(application_id)


class Held(DirectoryStore):
    """Where somebody places a hold in the moment in which a tombstone is written."""

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Place it first: whoever buries has looked for one before."""
        if key == keys.tombstone(ID):
            StoredHolds(self).place(ID, HOLD)
        super().put(key, body, size)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path)
    store.prepare()
    return store


@pytest.fixture(name="candidates")
def _candidates(store: DirectoryStore) -> Walking:
    return Walking(store)


@pytest.fixture(name="removal")
def _removal(store: DirectoryStore, candidates: Walking) -> StoredRemoval:
    return StoredRemoval(
        store,
        applications=StoredApplications(store),
        archives=BagArchives(store, StoredHolds(store)),
        candidates=candidates,
    )


def test_a_late_repeat_is_removed_without_a_walk_over_markers(
    store: DirectoryStore, candidates: Walking, removal: StoredRemoval
) -> None:
    """It was not taken over, so nothing was marked; boards may repeat at length."""
    removal.erase(ID, TOMBSTONE)
    StoredApplications(store).accept(*careerjet("1"))

    removal.resume_erasure(ID)

    assert candidates.walked == []
    assert [one.key for one in store.list("")] == [keys.tombstone(ID)]


def test_an_unrecorded_application_is_erased_without_a_walk_over_markers(
    store: DirectoryStore, candidates: Walking, removal: StoredRemoval
) -> None:
    """Who discards it has read whose it is."""
    foreign = candidates.mark(record(ID))
    StoredApplications(store).save_view(careerjet("1")[0], 1)

    removal.erase(ID, TOMBSTONE, foreign)

    assert candidates.walked == []
    assert [one.key for one in store.list("")] == [keys.tombstone(ID)]


def test_markers_of_what_was_taken_over_and_never_recorded_are_looked_for(
    store: DirectoryStore, candidates: Walking, removal: StoredRemoval
) -> None:
    """A kill between the marking and the record leaves them."""
    candidates.mark(record(ID))
    other = candidates.mark(record("careerjet:2"))
    StoredApplications(store).save_view(careerjet("1")[0], 1)

    removal.erase(ID, TOMBSTONE)

    [address] = [one.address for one in other.candidate.emails]
    left = {keys.tombstone(ID), keys.marker(digest(address, KEY), "careerjet:2")}
    assert candidates.walked == [ID]
    assert {one.key for one in store.list("")} == left


def test_what_is_held_while_its_tombstone_is_written_is_not_removed(
    tmp_path: Path,
) -> None:
    """The tombstone is taken back: it would have a later run end what was begun."""
    store = Held(tmp_path)
    store.prepare()
    applications = StoredApplications(store)
    delivery, contents = careerjet("1")
    applications.accept(delivery, contents)
    removal = StoredRemoval(
        store,
        applications=applications,
        archives=BagArchives(store, StoredHolds(store)),
        candidates=StoredCandidates(store, [KEY]),
    )

    with pytest.raises(HeldError):
        removal.erase(ID, TOMBSTONE)

    assert list(applications.submissions(ID)) == [delivery]
    assert applications.ended(ID) is None
    assert removal.active_hold(ID) == HOLD

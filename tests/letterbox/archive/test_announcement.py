"""A hold and the end of an archive's keeping in the same moment: one is too late."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from activities.amending import AmendActivities
from letterbox.archive.expiry import ArchiveExpiry
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.application import Stage, Tombstone
from letterbox.domain.commands import HoldRequest, PlaceHoldInput
from letterbox.domain.errors import NotFoundError, RefusedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.letterbox.archive.packing import ADDRESS, invented, keep_open
from tests.support import THOROUGH

SETTINGS = Settings(digest_key=("a key for tests",))
NOW = datetime.now(UTC) + timedelta(days=400)
# Shorter than a board may tell of an application again.
KEEP = timedelta(days=5)
ID = "careerjet:1"
HOLD = PlaceHoldInput(application_id=ID, given=HoldRequest(reason="case 4711"))


class Interrupted:
    """A store beside which something happens just before its n-th call."""

    def __init__(
        self, store: ObjectStore, at: int, meanwhile: Callable[[], None]
    ) -> None:
        self._store = store
        self._left = at
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        """Give a verb of the store."""
        verb = getattr(self._store, name)

        def call(*given: Any) -> Any:
            self._left -= 1
            if self._left == -1:
                self._meanwhile()
            return verb(*given)

        return call

    @property
    def is_over(self) -> bool:
        """Whether there were fewer calls."""
        return self._left >= 0


def archive(store: ObjectStore, received_at: datetime) -> None:
    """Pack one, marked, and remove its hot copy."""
    records = open_records(SETTINGS, store)
    given = invented(ID).model_copy(update={"received_at": received_at})
    record = records.candidates.mark(given)
    keep_open(store, record, {})
    records.archives.pack(record)
    store.delete(keys.record(ID))


def expire_archives(store: ObjectStore) -> None:
    """Walk over all archives."""
    records = open_records(SETTINGS, store)
    ArchiveExpiry(store, candidates=records.candidates, holds=records.holds).expire(
        KEEP, NOW
    )


def is_placed(store: ObjectStore) -> bool:
    """Place a hold as a workflow does; False where it is refused."""
    records = open_records(SETTINGS, store)
    amending = AmendActivities(
        applications=records.applications,
        catalogue=StoredCatalogue(store),
        holds=records.holds,
        recorder=Recorder(retention=KEEP, margin=KEEP),
    )
    try:
        amending.write_hold(HOLD)
    except (NotFoundError, RefusedError):
        return False
    return True


def check(records: Records, store: ObjectStore, *, was_placed: bool) -> None:
    """Find all of it, or nothing but what tells that it was."""
    left = {one.key for one in store.list("")}
    assert (keys.archive(ID) in left) is was_placed
    assert (keys.hold(ID) in left) is was_placed
    assert list(records.candidates.find(ADDRESS)) == [ID] * was_placed
    assert not was_placed or keys.tombstone(ID) not in left


# One that a board may still tell of leaves a tombstone, and an older one does not.
YOUNG, OLD = NOW - timedelta(days=9), NOW - timedelta(days=730)


@pytest.mark.parametrize(
    ("unprepared", "received_at"),
    [("directory", YOUNG), ("directory", OLD), *([("moto", OLD)] * THOROUGH)],
    indirect=["unprepared"],
)
@pytest.mark.parametrize("first", ["the walk", "the hold"])
def test_a_hold_placed_during_an_expiry_is_refused_or_the_archive_stays(
    unprepared: ObjectStore, first: str, received_at: datetime
) -> None:
    """Wherever the one comes between two calls of the other."""
    store = unprepared
    store.prepare()
    records = open_records(SETTINGS, store)
    placed: list[bool] = []
    at, is_over = 0, False
    while not is_over:
        for found in list(store.list("")):
            store.delete(found.key)
        archive(store, received_at)
        placed.clear()

        def hold(at_work: ObjectStore = store) -> None:
            placed.append(is_placed(at_work))

        def walk(at_work: ObjectStore = store) -> None:
            expire_archives(at_work)

        work, meanwhile = (walk, hold) if first == "the walk" else (hold, walk)
        interrupted = Interrupted(store, at, meanwhile)
        work(cast("ObjectStore", interrupted))
        is_over = interrupted.is_over
        if is_over:
            meanwhile()
            break
        check(records, store, was_placed=placed == [True])
        # What was accepted is not undone by the next walk, nor what is over begun anew.
        expire_archives(store)
        check(records, store, was_placed=placed == [True])
        at += 1
    assert at >= 4


def test_a_hold_on_an_expired_archive_is_refused(store: ObjectStore) -> None:
    """Nothing is left that it could keep; no object of it stays."""
    archive(store, YOUNG)
    expire_archives(store)

    assert not is_placed(store)
    assert [one.key for one in store.list("")] == [keys.tombstone(ID)]


def test_an_erasure_beside_the_end_of_a_keeping_leaves_its_tombstone_alone(
    tmp_path: Path,
) -> None:
    """Wherever it comes between two calls of the walk: no marker, and no mere end."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    records = open_records(SETTINGS, store)
    told = Tombstone(reason="request 17", by="jane", removed_at=NOW, id=ID)

    def erase() -> None:
        records.removal.erase(ID, told)

    at, is_over = 0, False
    while not is_over:
        for found in list(store.list("")):
            store.delete(found.key)
        archive(store, YOUNG)
        interrupted = Interrupted(store, at, erase)
        expire_archives(cast("ObjectStore", interrupted))
        is_over = interrupted.is_over
        if is_over:
            erase()
        assert [one.key for one in store.list("")] == [keys.tombstone(ID)], at
        found_told = records.applications.tombstone(ID)
        assert found_told
        assert (found_told.stage, found_told.reason) == (Stage.ERASED, "request 17")
        at += 1
    assert at >= 4

"""The end of keeping: old archives go, with their markers, unless they are held."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from letterbox.archive.expiry import ArchiveExpiry
from letterbox.domain import keys
from letterbox.domain.application import Application, Hold, Stage
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ids import application_id
from letterbox.domain.messages import ExpiryReport
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.candidates import StoredCandidates
from tests.letterbox.archive.archived import KEEP, NOW, Rig
from tests.letterbox.archive.packing import ADDRESS, keep_open
from tests.letterbox.failing import FailingStore

TOO_LONG = application_id("careerjet", "é" * 90)


@pytest.fixture(name="rig")
def _rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_an_archive_kept_long_enough_is_removed_with_its_markers(rig: Rig) -> None:
    """To the second; what is younger stays whole."""
    rig.archive("careerjet:old", KEEP)
    rig.archive("careerjet:young", KEEP - timedelta(seconds=1))

    ended = rig.end()

    assert ended == ExpiryReport(ended=1)
    assert rig.candidates.find(ADDRESS) == ["careerjet:young"]
    assert keys.archive("careerjet:old") not in rig.objects()
    assert keys.archive("careerjet:young") in rig.objects()
    assert rig.end() == ExpiryReport()


@pytest.mark.parametrize(
    ("until", "is_removed"),
    [(None, False), (NOW + timedelta(days=1), False), (NOW, True)],
)
def test_a_held_archive_stays_for_as_long_as_it_is_held(
    rig: Rig, until: datetime | None, *, is_removed: bool
) -> None:
    """A hold with a date ends with its day, and is then removed with the archive."""
    rig.archive("careerjet:1", 2 * KEEP)
    rig.holds.place("careerjet:1", Hold(reason="a", placed_at=NOW, until=until))
    before = rig.objects()

    ended = rig.end()

    assert ended == ExpiryReport(ended=is_removed, held=not is_removed)
    assert rig.objects() == (set() if is_removed else before)


def test_an_unreadable_archive_goes_with_its_markers_too(rig: Rig) -> None:
    """Nobody's data is kept for longer because it is damaged."""
    rig.archive("careerjet:1", KEEP)
    rig.archive("careerjet:2", KEEP)
    rig.spoil("careerjet:1", KEEP)
    rig.holds.place("careerjet:2", Hold(reason="a", placed_at=NOW))

    assert rig.end() == ExpiryReport(ended=1, held=1)
    assert rig.candidates.find(ADDRESS) == ["careerjet:2"]


def test_an_id_too_long_for_its_key_is_read_from_the_archive(rig: Rig) -> None:
    """Unless that is damaged: then it may be held, and is left for a person."""
    rig.archive(TOO_LONG, KEEP)
    rig.spoil(application_id("seek", "é" * 90), KEEP)

    assert rig.end() == ExpiryReport(ended=1, left=1)
    assert rig.candidates.find(ADDRESS) == []


def test_an_expiry_that_is_cut_short_is_finished_by_the_next(tmp_path: Path) -> None:
    """Wherever the store fails, the next walk leaves neither archive nor marker."""
    # Announced, unmarked, made final, removed, and the tombstone removed: twice.
    changes = 10
    for left in range(changes):
        rig = Rig(tmp_path / str(left))
        for number in range(2):
            rig.archive(f"careerjet:{number}", KEEP)

        rig.store.changes_left = left
        with pytest.raises(StoreUnavailableError):
            rig.end()
        rig.store.changes_left = changes

        assert rig.end().ended == 2 - (left > 3) - (left > 8)
        # A tombstone too many says nothing of anybody, and that is true.
        assert not {key for key in rig.objects() if not key.startswith(keys.ERASED)}


def test_an_archive_beside_an_open_record_is_not_ended(rig: Rig) -> None:
    """Packed, and then news of a close moved the date: it is open, and marked."""
    record = rig.archive("careerjet:1", KEEP)
    keep_open(rig.store, record, {})
    rig.age("careerjet:1", KEEP)
    before = rig.objects()

    assert rig.end() == ExpiryReport()
    assert rig.objects() == before
    assert rig.candidates.find(ADDRESS) == ["careerjet:1"]


class Meanwhile(StoredCandidates):
    """Candidates whose unmarking takes long enough for a hold to be placed."""

    def __init__(self, store: ObjectStore, place: Callable[[str], None]) -> None:
        super().__init__(store, [b"a key for tests"])
        self.place = place

    def unmark(self, record: Application) -> None:
        """Unmark, and have somebody place a hold."""
        super().unmark(record)
        self.place(record.id)

    def unmark_by_scan(self, application_id: str) -> None:
        """Walk over all markers, and have somebody place a hold."""
        super().unmark_by_scan(application_id)
        self.place(application_id)


@pytest.mark.parametrize("days", [730, 9])
@pytest.mark.parametrize("had_ended", [False, True])
def test_an_archive_that_is_held_meanwhile_stays_with_its_markers(
    rig: Rig,
    days: int,
    had_ended: bool,  # noqa: FBT001 pytest's to give
) -> None:
    """Also where a hold that had ended was there before; no tombstone is left."""
    keep = timedelta(days=days)
    record = rig.archive("careerjet:1", keep, received_at=NOW - keep)
    if had_ended:
        past = Hold(reason="a", placed_at=NOW, until=NOW - timedelta(days=1))
        rig.holds.place(record.id, past)
    hold = Hold(reason="case 4711", placed_at=NOW)
    candidates = Meanwhile(rig.store, lambda one: rig.holds.place(one, hold))
    expiry = ArchiveExpiry(rig.store, candidates=candidates, holds=rig.holds)

    assert expiry.expire(keep, NOW) == ExpiryReport(held=1)
    assert rig.candidates.find(ADDRESS) == [record.id]
    assert rig.holds.find(record.id) == hold
    assert keys.archive(record.id) in rig.objects()
    assert keys.tombstone(record.id) not in rig.objects()


def test_a_recent_application_leaves_a_tombstone_when_its_archive_expires(
    rig: Rig,
) -> None:
    """Else a walk over its events of 90 days would take it in again."""
    keep = timedelta(days=50)
    rig.archive("seek:1", keep, received_at=NOW - keep)

    assert rig.expiry.expire(keep, NOW) == ExpiryReport(ended=1)
    assert rig.objects() == {keys.tombstone("seek:1")}
    assert StoredApplications(rig.store).ended("seek:1") is Stage.ARCHIVED
    assert rig.end() == ExpiryReport()


def test_foreign_objects_among_the_archives_are_left_alone(rig: Rig) -> None:
    """They are nobody's archive, whatever they are."""
    foreign = ["archive/Ada.pdf", "archive/.DS_Store", "archive/careerjet:1/x.zip"]
    for key in foreign:
        rig.store.put(key, b"?")
        os.utime(rig.folder / key, (0, 0))

    assert rig.end() == ExpiryReport()
    assert rig.objects() == set(foreign)


class OneAway(FailingStore):
    """A store in which one object cannot be read."""

    away = ""

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        """Read an object, or fail."""
        if key == self.away:
            raise StoreUnavailableError("open: EIO")
        with super().open(key) as chunks:
            yield chunks


def test_an_archive_that_cannot_be_reached_does_not_keep_the_others(rig: Rig) -> None:
    """It is tried again, and the others have ended."""
    for number in range(3):
        rig.archive(f"careerjet:{number}", KEEP)
    store = OneAway(rig.folder)
    store.away = keys.archive("careerjet:0")

    with pytest.raises(StoreUnavailableError):
        ArchiveExpiry(store, candidates=rig.candidates, holds=rig.holds).expire(
            KEEP, NOW
        )

    assert rig.candidates.find(ADDRESS) == ["careerjet:0"]

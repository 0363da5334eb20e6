"""How long archives are kept: by their records' own dates, however often copied."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from letterbox.archive.archives import BagArchives
from letterbox.archive.dates import read_dates
from letterbox.archive.expiry import ArchiveExpiry
from letterbox.domain import keys
from letterbox.domain.answers import Answer, AnswerKind
from letterbox.domain.messages import ExpiryReport
from letterbox.records.candidates import StoredCandidates
from letterbox.records.holds import StoredHolds
from letterbox.storage.s3.store import S3Store
from tests.letterbox.archive.archived import KEEP, NOW, Rig
from tests.letterbox.archive.packing import ADDRESS, invented, keep_open
from tests.letterbox.failing import FailingStore

MIB = 1024 * 1024
SECOND = timedelta(seconds=1)


@pytest.fixture(name="rig")
def _rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.mark.parametrize("copied", [timedelta(0), KEEP, 3 * KEEP, -KEEP])
def test_a_copy_of_an_archive_is_kept_by_the_dates_of_its_record(
    rig: Rig, copied: timedelta
) -> None:
    """However old the copy is: a restore renews its date, and a clock may be wrong."""
    for name, age in (("old", KEEP), ("older", 9 * KEEP), ("young", KEEP - SECOND)):
        rig.archive(f"careerjet:{name}", age, copied=copied)

    assert rig.end() == ExpiryReport(ended=2)
    assert rig.candidates.find(ADDRESS) == ["careerjet:young"]
    assert rig.end() == ExpiryReport()


def test_an_application_received_after_it_was_due_is_kept_from_its_receipt(
    rig: Rig,
) -> None:
    """SEEK tells late of some; no archive was made before there was an application."""
    rig.archive("seek:1", 3 * KEEP, received_at=NOW - KEEP + SECOND)
    rig.archive("seek:2", 3 * KEEP, received_at=NOW - KEEP)

    assert rig.end() == ExpiryReport(ended=1)
    assert keys.archive("seek:1") in rig.objects()


def test_an_archive_that_cannot_be_read_is_kept_by_the_date_of_its_copy(
    rig: Rig,
) -> None:
    """That is never before the archive was made: nothing is erased too early."""
    rig.archive("careerjet:1", 9 * KEEP)
    rig.spoil("careerjet:1", KEEP - SECOND)
    assert rig.end() == ExpiryReport()

    rig.age("careerjet:1", KEEP)
    assert rig.end() == ExpiryReport(ended=1)


@pytest.mark.parametrize("cut", [10, 200, 700, 2000, -1])
def test_an_archive_that_is_cut_off_is_kept_by_the_date_of_its_copy(
    rig: Rig, cut: int
) -> None:
    """Its head may still say that it is old enough; the whole is looked at."""
    rig.archive("careerjet:1", 9 * KEEP)
    key = keys.archive("careerjet:1")
    rig.store.put(key, rig.store.get(key)[:cut])
    rig.age("careerjet:1", timedelta(0))

    assert rig.end() == ExpiryReport()
    assert key in rig.objects()


@pytest.mark.parametrize("age", [KEEP, KEEP - SECOND])
def test_an_archive_that_another_hand_has_zipped_is_kept_by_its_record(
    rig: Rig, age: timedelta
) -> None:
    """Deflated, and with the record at its end: then the whole of it is read."""
    rig.archive("careerjet:1", age)
    key = keys.archive("careerjet:1")
    with ZipFile(BytesIO(rig.store.get(key))) as ours:
        files = [(one.filename, ours.read(one)) for one in ours.infolist()]
    rezipped = BytesIO()
    with ZipFile(rezipped, "w", ZIP_DEFLATED) as theirs:
        for name, body in reversed(files):
            theirs.writestr(name, body)
    rig.store.put(key, rezipped.getvalue())

    assert rig.end() == ExpiryReport(ended=age == KEEP)


@pytest.mark.parametrize("letter", [0, 100_000, 6 * MIB])
@pytest.mark.parametrize("age", [KEEP, KEEP - SECOND])
def test_a_record_of_any_length_tells_how_long_its_archive_is_kept(
    rig: Rig, age: timedelta, letter: int
) -> None:
    """A letter may be long; what is longer than any is read as a whole."""
    answer = Answer(kind=AnswerKind.TEXT, answer="x" * letter)
    rig.archive("careerjet:1", age, copied=timedelta(0), answers=(answer,))

    assert rig.end() == ExpiryReport(ended=age == KEEP)


class Counting(FailingStore):
    """A store that counts what is read."""

    read = 0

    def get_start(self, key: str, size: int) -> bytes:
        """Read a beginning, and count it."""
        found = super().get_start(key, size)
        self.read += len(found)
        return found

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        """Read an object, and count it whole."""
        self.read += self.stat(key).size
        with super().open(key) as chunks:
            yield chunks


def test_of_an_archive_that_stays_only_the_first_bytes_are_read(rig: Rig) -> None:
    """There may be a hundred thousand, each of megabytes."""
    store = Counting(rig.folder)
    for number in range(5):
        record = rig.candidates.mark(
            invented(f"careerjet:{number}").model_copy(update={"archive_by": NOW})
        )
        cv = {"documents/cv.pdf": bytes(2 * MIB)}
        keep_open(rig.store, record, cv)
        BagArchives(rig.store, rig.holds).pack(record)
        for key in (keys.record(record.id), keys.document(record.id, "cv.pdf")):
            rig.store.delete(key)

    expiry = ArchiveExpiry(store, candidates=rig.candidates, holds=rig.holds)
    assert expiry.expire(KEEP, NOW) == ExpiryReport()
    assert store.read < 5 * 20_000


def test_a_bucket_keeps_archives_by_their_records_too(
    moto_endpoint: str, make_s3: Callable[[str], S3Store]
) -> None:
    """There every object is as young as its last copy."""
    store = make_s3(moto_endpoint)
    store.prepare()
    holds, candidates = (
        StoredHolds(store, store),
        StoredCandidates(store, [b"a key for tests"]),
    )
    for name, age in (("old", KEEP), ("young", KEEP - SECOND)):
        dates = {"archive_by": NOW - age, "received_at": NOW - 2 * KEEP}
        record = invented(f"careerjet:{name}").model_copy(update=dates)
        record = candidates.mark(record)
        keep_open(store, record, {})
        BagArchives(store, holds, store).pack(record)
        store.delete(keys.record(record.id))

    ended = ArchiveExpiry(store, candidates=candidates, holds=holds).expire(KEEP, NOW)

    assert ended == ExpiryReport(ended=1)
    assert candidates.find(ADDRESS) == ["careerjet:young"]


def test_what_another_program_adds_to_a_member_s_head_is_passed_over(rig: Rig) -> None:
    """Zip programs add times and owners; the record stands behind them, and is read."""
    rig.archive("careerjet:1", KEEP)
    key = keys.archive("careerjet:1")
    ours = read_dates(rig.store, key)
    with ZipFile(BytesIO(rig.store.get(key))) as packed:
        files = [(one.filename, packed.read(one)) for one in packed.infolist()]
    rezipped = BytesIO()
    with ZipFile(rezipped, "w") as theirs:
        for name, body in files:
            member = ZipInfo(name)
            member.extra = b"UT\5\0\1abcd"
            theirs.writestr(member, body)
    rig.store.put(key, rezipped.getvalue())

    assert ours is not None
    assert read_dates(rig.store, key) == ours

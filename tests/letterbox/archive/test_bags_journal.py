"""Who saw an application, and did something about it, is in its archive."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from letterbox.archive.archives import BagArchives
from letterbox.domain import keys
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.ports import ObjectStore
from letterbox.journal.writer import Journal
from letterbox.records.holds import StoredHolds
from tests.letterbox.archive.packing import APPLIED, invented, keep_open

ONE, OTHER = "careerjet:1", "careerjet:2"


@pytest.fixture(name="archives")
def _archives(store: ObjectStore) -> BagArchives:
    keep_open(store, invented(ONE), {"source/1.json": b"{}"})
    return BagArchives(store, StoredHolds(store))


def see(store: ObjectStore, application_id: str, at: datetime) -> str:
    """Have somebody read an application."""
    return Journal(store, lambda: at).write(
        JournalAction.READ,
        operator="jane.doe",
        by="jane.doe",
        application=application_id,
    )


def packed(store: ObjectStore) -> dict[str, bytes]:
    """Read the journal in the archive."""
    with ZipFile(BytesIO(store.get(keys.archive(ONE)))) as archive:
        return {
            name.rpartition("/")[2]: archive.read(name)
            for name in archive.namelist()
            if "/data/journal/" in name
        }


def test_the_entries_of_an_application_are_packed_as_they_are_stored(
    store: ObjectStore, archives: BagArchives
) -> None:
    """All since it was received, on whatever day, and nobody else's; in any store."""
    now = datetime.now(UTC)
    written = [see(store, ONE, now - timedelta(days=days)) for days in (40, 1, 0)]
    see(store, ONE, APPLIED - timedelta(days=2))  # Of another of that id, before.
    see(store, OTHER, now)

    archives.pack(invented(ONE))

    found = packed(store)
    assert sorted(found.values()) == sorted(store.get(key) for key in written)
    assert {json.loads(body)["application"] for body in found.values()} == {ONE}
    assert archives.verify(ONE).files == 2 + 3


def test_an_archive_that_is_packed_again_has_all_that_was_ever_seen(
    store: ObjectStore, archives: BagArchives
) -> None:
    """Also what the journal itself has not got any more: old days are removed."""
    now = datetime.now(UTC)
    old = see(store, ONE, now - timedelta(days=3))
    body = store.get(old)
    archives.pack(invented(ONE))
    store.delete(old)
    new = see(store, ONE, now)
    archives.pack(invented(ONE))

    assert sorted(packed(store).values()) == sorted([body, store.get(new)])

"""Entries are written by many at once, found again, and lost by no failure."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.journal import EntryName, JournalEntry, JournalFilter
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from letterbox.journal.proof import JournalProof
from letterbox.journal.reader import JournalReader
from letterbox.journal.writer import Journal
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.objects import listed_keys
from tests.letterbox.failing import FailingStore
from tests.letterbox.journal.journal_days import FIRST, ONE, OTHER, JournalDays


def write(journal: Journal, application: str = ONE) -> str:
    """Write an entry."""
    return journal.write(
        JournalAction.READ, operator="jane.doe", by="jane.doe", application=application
    )


def problems(store: ObjectStore) -> list[str]:
    """Return what a proof finds."""
    now = datetime.now(UTC)
    return JournalProof(store, fast=False, now=now, show=lambda *_: None).run().problems


def test_threads_and_processes_write_at_once(store: ObjectStore) -> None:
    """Each entry is there once, and all chains are whole, in every kind of store."""
    journals = [Journal(store), Journal(store)]
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: write(journals[number % 2]), range(40)))

    assert sorted(written) == sorted(listed_keys(store, keys.JOURNAL))
    assert problems(store) == []


def test_one_who_writes_after_the_other_has_one_chain(tmp_path: Path) -> None:
    """Chains are as many as write at once, and no more."""
    days = JournalDays(tmp_path)
    for _ in range(5):
        days.write()

    assert len({name.chain for name in days.names()}) == 1


def test_a_write_that_fails_is_not_followed(tmp_path: Path) -> None:
    """Nobody knows whether that entry is there, so another chain goes on."""
    store = FailingStore(tmp_path / "store")
    store.prepare()
    journal = Journal(store)
    write(journal)
    store.changes_left = 0
    with pytest.raises(StoreUnavailableError):
        write(journal)
    store.changes_left = 10
    write(journal)

    names = list(filter(None, map(EntryName.of, listed_keys(store, keys.JOURNAL))))
    assert sorted(name.number for name in names) == [1, 1]
    assert problems(store) == []


def test_a_clock_that_is_set_back_moves_no_entry_before_another(tmp_path: Path) -> None:
    """Over midnight, too: days would be out of order."""
    days = JournalDays(tmp_path)
    days.now = FIRST.replace(hour=0, minute=0)
    days.write()
    days.now -= timedelta(hours=1)
    days.write()

    assert [name.day for name in days.names()] == [date(2026, 3, 1)] * 2
    assert days.prove() == []


def test_every_key_of_the_journal_is_known_as_ours(tmp_path: Path) -> None:
    """An audit takes none for somebody else's."""
    days = JournalDays(tmp_path)
    days.live(1)
    days.write(0, "mail:<a/b@c>")
    days.write(0, f"careerjet:{'x' * 500}")
    days.audit()

    listed = list(listed_keys(days.store, keys.JOURNAL))
    assert len(listed) == 9
    assert {found and found.place for found in map(placed, listed)} == {Place.OTHER}


def test_entries_of_an_application_are_found_by_their_names(tmp_path: Path) -> None:
    """In the order of time, from a day on, and none of another application."""
    days = JournalDays(tmp_path)
    days.live(3)
    reader = JournalReader(days.store, lambda: days.now)

    names = list(reader.names_of(ONE))
    since = list(reader.names_of(ONE, date(2026, 3, 3)))

    assert len(names) == 12
    assert names == sorted(names)
    assert [name for name in names if name.day.day == 3] == since
    assert {reader_entry(reader, name).application for name in names} == {ONE}


def reader_entry(reader: JournalReader, name: EntryName) -> JournalEntry:
    """Read an entry that is there."""
    entry = reader.read(name.key)
    assert entry
    return entry


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (JournalFilter(), 18),
        (JournalFilter(application=OTHER), 6),
        (JournalFilter(operator="jane.doe"), 18),
        (JournalFilter(operator="nobody"), 0),
        (JournalFilter(since=date(2026, 3, 2)), 12),
        (JournalFilter(until=date(2026, 3, 1)), 6),
        (JournalFilter(since=date(2026, 3, 2), until=date(2026, 3, 2)), 6),
    ],
)
def test_pages_have_each_entry_once_the_latest_first(
    wanted: JournalFilter, count: int, tmp_path: Path
) -> None:
    """By any filters, and whatever the length of a page."""
    days = JournalDays(tmp_path)
    days.live(3)
    days.audit()
    reader = JournalReader(days.store, lambda: days.now)

    for limit in (1, 4, 100):
        found = list(_all_pages(reader, wanted, limit))
        assert len(found) == count
        assert found == sorted(found, key=lambda entry: entry.at, reverse=True)


def _all_pages(
    reader: JournalReader, wanted: JournalFilter, limit: int
) -> list[JournalEntry]:
    is_shown: Callable[[JournalEntry], bool] = lambda entry: not entry.is_note  # noqa: E731
    found: list[JournalEntry] = []
    before: str | None = ""
    while before is not None:
        page, before = reader.latest(wanted, limit, before, is_shown)
        assert len(page) <= limit
        found += page
    return found


@pytest.mark.parametrize(
    "operator",
    ["ats", "jane.doe", "ats for jane.doe", "operator API: ats for jane.doe"],
)
def test_an_operator_is_found_as_the_entry_shows_it(
    operator: str, tmp_path: Path
) -> None:
    """The one that called, the person whom it named, and both as they are printed."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    by = "operator API: ats for jane.doe"
    Journal(store).write(
        JournalAction.READ, operator="ats", by=by, application="careerjet:1"
    )
    reader = JournalReader(store)

    found, _ = reader.latest(JournalFilter(operator=operator), 10)
    others, _ = reader.latest(JournalFilter(operator="jane"), 10)

    assert [entry.by for entry in found] == [by]
    assert others == []


def test_a_damaged_entry_is_passed_over(tmp_path: Path) -> None:
    """An audit finds it; the others are to be seen."""
    days = JournalDays(tmp_path)
    days.live(1)
    days.store.put(days.names()[0].key, b"{")
    reader = JournalReader(days.store, lambda: days.now)

    entries, after = reader.latest(JournalFilter(), 100)

    assert (len(entries), after) == (5, None)

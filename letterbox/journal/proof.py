"""
Proves the journal: every chain from its first entry to its last, day by day.

What an entry says of the one before it shows what was changed, put between, moved or
removed in the middle. What earlier audits have noted shows what was cut from an end,
a whole chain that is gone, and what was added to a day that was over.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.journal import ChainHead, EntryName, JournalEntry, day_of, digest
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.ports import ObjectStore
from letterbox.journal.notes import Notes, load_notes
from letterbox.journal.reader import JournalReader
from letterbox.journal.writer import Journal
from letterbox.parallel import in_parallel
from letterbox.storage.objects import listed_keys

_READERS = 8
_SHOW_EVERY = 100
# A list that is read while others write shows an entry, and not the one before it.
_TRIES = 2
_DAY = timedelta(days=1)

Show = Callable[[str, int, int | None], None]


@dataclass(slots=True)
class Proof:
    """What was found, and where the chains end that no audit has noted so far."""

    entries: int = 0
    problems: list[str] = field(default_factory=list)
    heads: dict[date, dict[str, ChainHead]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _ChainEnd:
    number: int
    digest: str | None
    """None where it was not read."""


@dataclass(frozen=True, slots=True)
class _Read:
    """An entry as far as it is compared."""

    name: EntryName
    digest: str | None = None
    previous: str | None = None
    previous_day: date | None = None
    damage: str = ""


class JournalProof:
    """Reads all of the journal; ``fast``, its names and the ends of chains only."""

    def __init__(
        self, store: ObjectStore, *, fast: bool, now: datetime, show: Show
    ) -> None:
        self._store = store
        self._fast = fast
        self._now = now
        self._show = show
        self._proof = Proof()
        self._ends: dict[str, _ChainEnd] = {}

    def run(self, known_note: str | None = None) -> Proof:
        """
        Prove all days; ``known_note`` is what ``note`` has returned the last time.

        Blocking; memory is that of the largest day, and some of each chain.
        """
        reader = JournalReader(self._store, lambda: self._now)
        # Clocks of other machines may be ahead.
        first, last = reader.first_day(), day_of(self._now) + _DAY
        notes = load_notes(self._store, first, last)
        self._proof.problems += notes.problems
        self._check_known_note(known_note, notes)
        # An audit just after midnight has not seen the end of the day before.
        since = day_of(notes.checked.at) - _DAY if notes.checked else first
        with ThreadPoolExecutor(_READERS) as pool:
            for day in notes.days(first, last):
                self._prove_day(pool, day, notes, is_noted=day >= since)
        self._proof.problems = [
            problem for problem in self._proof.problems if problem not in notes.accepted
        ]
        if self._proof.problems:
            removed = load_notes(self._store, first, last).removed_before
            if removed > notes.removed_before:
                # A sweep has removed meanwhile what is missed, and what chains that
                # are there began with.
                again = JournalProof(
                    self._store, fast=self._fast, now=self._now, show=self._show
                )
                return again.run(known_note)
        return self._proof

    def _check_known_note(self, known_note: str | None, notes: Notes) -> None:
        """Find that the latest note itself is gone: no other one tells of it."""
        key, _, expected = (known_note or "").partition(" ")
        name = EntryName.of(key)
        if name is None or name.day < notes.removed_before:
            return
        try:
            body = self._store.get(key)
        except FileNotFoundError:
            self._proof.problems.append(f"{_at(name)} is missing: an audit wrote it")
            return
        if digest(body) != expected:
            what = f"{_at(name)} was changed{_is_now(digest(body))}"
            self._proof.problems.append(what)

    def _prove_day(
        self, pool: ThreadPoolExecutor, day: date, notes: Notes, *, is_noted: bool
    ) -> None:
        is_young = day >= day_of(self._now) - 2 * _DAY
        before = dict(self._ends)
        ends, problems, entries = self._day(pool, day, notes, is_noted=is_noted)
        for _ in range(_TRIES):
            if not problems or not is_young:
                break
            self._ends = dict(before)
            ends, problems, entries = self._day(pool, day, notes, is_noted=is_noted)
        self._proof.problems += problems
        self._proof.entries += entries
        if ends and is_noted:
            self._proof.heads[day] = ends

    def _day(
        self, pool: ThreadPoolExecutor, day: date, notes: Notes, *, is_noted: bool
    ) -> tuple[dict[str, ChainHead], list[str], int]:
        listed = map(EntryName.of, listed_keys(self._store, keys.journal(day)))
        names = sorted(filter(None, listed), key=lambda one: (one.chain, one.number))
        noted = {chain: dict(seen) for chain, seen in notes.heads.get(day, {}).items()}
        heads: dict[str, ChainHead] = {}
        problems: list[str] = []
        entries = self._entries(pool, names, is_noted=is_noted)
        for chain, of_chain in groupby(entries, lambda read: read.name.chain):
            for read in of_chain:
                problems += self._follow(read, notes.removed_before)
                problems += _seen(read, noted.get(chain, {}))
                if read.digest:
                    heads[chain] = ChainHead(
                        number=read.name.number, digest=read.digest
                    )
                problems += _late(read.name, notes.final.get(day))
        problems += [
            f"{day} {chain} {number} is missing: an audit saw it"
            for chain, seen in noted.items()
            for number in seen
        ]
        return heads, problems, len(names)

    def _entries(
        self, pool: ThreadPoolExecutor, names: Sequence[EntryName], *, is_noted: bool
    ) -> Iterator[_Read]:
        last = {name.chain: name for name in names}

        def read(name: EntryName) -> _Read:
            is_end = is_noted and last[name.chain] is name
            return self._read(name) if is_end or not self._fast else _Read(name)

        results = in_parallel(pool, read, names, ahead=4 * _READERS)
        for number, result in enumerate(results, self._proof.entries + 1):
            if number % _SHOW_EVERY == 0:
                self._show("journal", number, None)
            yield result

    def _read(self, name: EntryName) -> _Read:
        try:
            body = self._store.get(name.key)
            entry = JournalEntry.stored(name.key, body)
        except FileNotFoundError:
            return _Read(name, damage="is missing")
        except DamagedError as error:
            return _Read(name, digest(body), damage=str(error))
        return _Read(name, digest(body), entry.previous, entry.previous_day)

    def _follow(self, read: _Read, removed_before: date) -> Iterator[str]:
        """Compare an entry with the one before it in its chain."""
        name, before = read.name, self._ends.get(read.name.chain)
        self._ends[name.chain] = _ChainEnd(name.number, read.digest)
        if read.damage:
            yield f"{_at(name)} {read.damage}"
            return
        if before is None:
            # Where it was not read, nobody knows: whatever was removed may explain it.
            since = read.previous_day if read.digest else date.min
            is_explained = since is not None and since < removed_before
            if name.number > 1 and not is_explained:
                yield f"{_at(name)} has nothing before it: the beginning is missing"
        elif name.number <= before.number:
            yield f"{_at(name)} is there twice"
        elif name.number > before.number + 1:
            yield f"{_at(name)} comes after {before.number}: some are missing between"
        elif read.digest and before.digest and read.previous != before.digest:
            what = f"{_at(name)} does not follow {before.number}: one was changed"
            yield f"{what}{_is_now(before.digest)}"


def note(
    store: ObjectStore, heads: Mapping[date, Mapping[str, ChainHead]], now: datetime
) -> str | None:
    """Note where the chains end, and return what the next audit is to be told."""
    if not heads:
        return None
    key = Journal(store, lambda: now).write(
        JournalAction.CHECKED, operator="letterbox", by="letterbox audit", heads=heads
    )
    return f"{key} {digest(store.get(key))}"


def accept(
    store: ObjectStore, problems: Sequence[str], operator: str, now: datetime
) -> None:
    """Note that somebody knows what is broken: audits do not tell it again."""
    Journal(store, lambda: now).write(
        JournalAction.ACCEPTED,
        operator=operator,
        by=f"cli: {operator}",
        accepted=problems,
    )


def _seen(read: _Read, noted: dict[int, str]) -> Iterator[str]:
    expected = noted.pop(read.name.number, None)
    if expected and read.digest and expected != read.digest:
        what = f"{_at(read.name)} was changed since an audit saw it"
        yield f"{what}{_is_now(read.digest)}"


def _late(name: EntryName, final: Mapping[str, ChainHead] | None) -> Iterator[str]:
    if final is None:
        return
    head = final.get(name.chain)
    if head is None or name.number > head.number:
        yield f"{_at(name)} was added after its day was over"


def _is_now(found: str) -> str:
    """Name what was found, so that whoever accepts this accepts no later change."""
    return f" (now {found[:12]})"


def _at(name: EntryName) -> str:
    return f"{name.day} {name.chain} {name.number}"

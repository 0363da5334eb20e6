"""What the journal says of itself: where chains ended, and what was removed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.journal import ChainHead, JournalEntry, day_of
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import listed_keys

MIN_KEEP = timedelta(days=30)
"""No sweep removes a day that is younger."""
_DAY = timedelta(days=1)
# Whoever began a write at midnight has ended it by then.
_SETTLED = timedelta(hours=1)


@dataclass(slots=True)
class Notes:
    """The notes of all audits and sweeps that are there."""

    heads: dict[date, dict[str, dict[int, str]]] = field(default_factory=dict)
    """By day and chain: the digests that entries had when an audit saw them."""
    final: dict[date, Mapping[str, ChainHead]] = field(default_factory=dict)
    """By day: where the chains ended once it was over."""
    removed_before: date = date.min
    checked: JournalEntry | None = None
    """The latest audit's."""
    problems: list[str] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    """Problems that a person knows of."""

    def add(self, note: JournalEntry) -> None:
        """Take in a note; they come in the order of time."""
        if note.what is JournalAction.CHECKED:
            self.checked = note
            for day, heads in (note.heads or {}).items():
                self._add_heads(day, heads, note.at)
        elif note.what is JournalAction.ACCEPTED:
            self.accepted.update(note.accepted)
        elif note.removed_before:
            if note.removed_before > day_of(note.at) - MIN_KEEP:
                self.problems.append(f"{note.key}: removes what is too young")
                return
            self.removed_before = max(self.removed_before, note.removed_before)

    def _add_heads(
        self, day: date, heads: Mapping[str, ChainHead], at: datetime
    ) -> None:
        for chain, head in heads.items():
            known = self.heads.setdefault(day, {}).setdefault(chain, {})
            known[head.number] = head.digest
        end = datetime.combine(day + _DAY, time(), UTC)
        if at >= end + _SETTLED:
            self.final.setdefault(day, heads)

    def days(self, first: date, last: date) -> Sequence[date]:
        """Return the days that are there, or should be, but those that were removed."""
        first = min([first, *self.heads])
        return list(days(max(first, self.removed_before), last))


def load_notes(store: ObjectStore, first: date, last: date) -> Notes:
    """Read the notes of some days; what cannot be read is a problem of its own."""
    notes = Notes()
    for day in days(first, last):
        for key in sorted(listed_keys(store, keys.journal_notes(day))):
            try:
                notes.add(JournalEntry.stored(key, store.get(key)))
            except FileNotFoundError:
                continue  # Removed as old, meanwhile.
            except DamagedError as error:
                notes.problems.append(f"{key}: {error}")
    return notes


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + number * _DAY

"""Reads the journal: of one application, or the latest first by filters. Blocking."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.journal import EntryName, JournalEntry, JournalFilter, part_of
from letterbox.domain.ports import ObjectStore
from letterbox.journal.notes import days
from letterbox.parallel import in_parallel
from letterbox.storage.objects import listed_keys

_READERS = 8
_DAY = timedelta(days=1)
# Whoever asks waits for it.
_MAX_READ = 1000
_MAX_DAYS = 400


class JournalReader:
    """Reads entries; those that cannot be read are passed over: an audit finds them."""

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._now = now

    def names_of(
        self, application_id: str, since: date | None = None
    ) -> Iterator[EntryName]:
        """List the entries about an application, by time; none of them is read."""
        walked = days(self.first_day(since), self._today())
        with ThreadPoolExecutor(_READERS) as pool:
            listed = in_parallel(
                pool,
                lambda day: self._names(day, application_id),
                walked,
                ahead=4 * _READERS,
            )
            for names in listed:
                yield from names

    def latest(
        self,
        filters: JournalFilter,
        limit: int,
        before: str = "",
        is_shown: Callable[[JournalEntry], bool] = lambda _: True,
    ) -> tuple[list[JournalEntry], str | None]:
        """
        Read a page, the latest first, and where to go on: None at the end.

        A page may be short, or empty, before the end: it reads so much, and no more.
        """
        found: list[JournalEntry] = []
        for read, name in enumerate(self._backwards(filters, before), 1):
            if isinstance(name, str):
                return found, name
            entry = self.read(name.key)
            if entry and filters.matches(entry) and is_shown(entry):
                found.append(entry)
            if len(found) == limit or read == _MAX_READ:
                return found, _place(name)
        return found, None

    def read(self, key: str) -> JournalEntry | None:
        """Read an entry; None where it is gone, or damaged."""
        try:
            return JournalEntry.stored(key, self._store.get(key))
        except (FileNotFoundError, DamagedError):
            return None

    def first_day(self, since: date | None = None) -> date:
        """Return the first day that has entries, or the one to begin at, if later."""
        listed = listed_keys(self._store, keys.JOURNAL)
        first = next(filter(None, map(EntryName.of, listed)), None)
        if first is None:
            return self._today() + _DAY
        return max(first.day, since or first.day)

    def _backwards(
        self, filters: JournalFilter, before: str
    ) -> Iterator[EntryName | str]:
        """Walk the names, and yield where to go on once it takes too long."""
        first = self.first_day(filters.since)
        day = self._today()
        if filters.until:
            day = min(day, filters.until)
        if before:
            day = min(day, date.fromisoformat(before.partition(" ")[0]))
        for walked in range((day - first).days + 1):
            if walked == _MAX_DAYS:
                yield f"{day.isoformat()} ~"
            for name in reversed(self._names(day, filters.application)):
                if not before or _place(name) < before:
                    yield name
            day -= _DAY

    def _names(self, day: date, application_id: str | None) -> Sequence[EntryName]:
        """List a day by time; of an application its own, without reading others."""
        prefix, part = keys.journal(day), None
        if application_id is not None:
            prefix = keys.journal_about(day, application_id)
            part = part_of(application_id)
        names = map(EntryName.of, listed_keys(self._store, prefix))
        return sorted(name for name in names if name and part in {None, name.part})

    def _today(self) -> date:
        return self._now().astimezone(UTC).date()


def _place(name: EntryName) -> str:
    """Return what is sorted as the names are, and says where to go on."""
    return f"{name.day.isoformat()} {name.time}~{name.chain}~{name.number:08}"

"""The end of the keeping of archives: LETTERBOX_ARCHIVE_KEEP."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain import keys
from domain.application import Application
from domain.errors import DamagedError
from domain.ids import from_key_part
from domain.ports import Candidates, Holds, ObjectStore
from gateways.bag_reader import archive_name, packed_record


@dataclass(frozen=True, slots=True)
class EndedKeeping:
    """What came of the archives whose time was up."""

    removed: int = 0
    held: int = 0
    left: int = 0
    """Damaged, and of an id too long for its key: nobody can say whose they are."""


class Keeping:
    """
    Removes archives that were kept as long as they were to be, with their markers.

    On a bucket with a rule of its own, which knows nothing of markers nor of a hold
    that has ended, this comes first: the rule counts in whole days, rounded up.
    """

    def __init__(
        self, store: ObjectStore, *, candidates: Candidates, holds: Holds
    ) -> None:
        self._store = store
        self._candidates = candidates
        self._holds = holds

    def end(self, keep: timedelta, now: datetime) -> EndedKeeping:
        """Walk the archives; what is cut short is done by the next walk."""
        counts: Counter[str] = Counter()
        for archive in self._store.list(keys.ARCHIVE):
            if archive.modified + keep <= now:
                counts[self._end(archive.key, now)] += 1
        return EndedKeeping(**counts)

    def _end(self, key: str, now: datetime) -> Literal["removed", "held", "left"]:
        record = None
        try:
            record = packed_record(self._store, key)
        except FileNotFoundError:
            return "removed"  # By another.
        except DamagedError:
            application_id = from_key_part(archive_name(key))
        else:
            application_id = record.id
        if application_id is None:
            return "left"
        hold = self._holds.find(application_id)
        if hold and hold.holds(now):
            return "held"
        self._unmark(application_id, record)
        if hold:
            self._holds.release(application_id)
        self._store.delete(key)
        return "removed"

    def _unmark(self, application_id: str, record: Application | None) -> None:
        if record:
            self._candidates.unmark(record)
        else:
            self._candidates.forget(application_id)

"""The end of the keeping of archives: LETTERBOX_ARCHIVE_KEEP."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from letterbox.archive.reader import archive_name, packed_record
from letterbox.domain import keys
from letterbox.domain.application import Application, Hold, Stage, Tombstone
from letterbox.domain.errors import DamagedError, LetterboxError
from letterbox.domain.ids import from_key_part
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import Candidates, Holds, ObjectStore
from letterbox.storage.objects import exists

# SEEK tells of its events for 90 days: what was received before is not asked for again.
_REMEMBERED = timedelta(days=100)

Outcome = Literal["removed", "held", "left", "open"]


@dataclass(frozen=True, slots=True)
class ExpiryReport:
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

    def end(self, keep: timedelta, now: datetime) -> ExpiryReport:
        """
        Walk the archives; what is cut short is done by the next walk.

        One that cannot be looked at does not keep the others; it is raised at the end.
        """
        counts: Counter[Outcome] = Counter()
        failed: LetterboxError | None = None
        for archive in self._store.list(keys.ARCHIVE):
            place = placed(archive.key)
            is_ours = place is not None and place.place is Place.ARCHIVE
            if not is_ours or archive.modified + keep > now:
                continue
            try:
                counts[self._end(archive.key, now)] += 1
            except LetterboxError as error:
                failed = failed or error
        if failed:
            raise failed
        return ExpiryReport(counts["removed"], counts["held"], counts["left"])

    def _end(self, key: str, now: datetime) -> Outcome:
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
        if exists(self._store, keys.record(application_id)):
            return "open"  # Packed, and then news came: it is packed again later.
        hold = self._holds.find(application_id)
        if hold and hold.holds(now):
            return "held"
        self._unmark(application_id, record)
        return self._remove(application_id, record, now)

    def _remove(
        self, application_id: str, record: Application | None, now: datetime
    ) -> Outcome:
        """
        Remove the archive, unless it is held by now.

        The tombstone goes before the look at the hold. Whoever places a hold, and then
        looks for a tombstone, is seen here or sees that it is too late.
        """
        tombstone = keys.tombstone(application_id)
        is_remembered = record is None or record.received_at + _REMEMBERED > now
        is_new = is_remembered and not exists(self._store, tombstone)
        if is_new:
            self._store.put(tombstone, _ended(now).model_dump_json().encode())
        hold = self._holds.find(application_id)
        if hold and hold.holds(now):
            if is_new:
                self._store.delete(tombstone)
            if record:
                self._candidates.mark(record)
            return "held"
        self._store.delete(keys.archive(application_id))
        self._forget(application_id, hold)
        return "removed"

    def _forget(self, application_id: str, ended: Hold | None) -> None:
        """Remove a hold that had ended; another may have been placed meanwhile."""
        if ended and self._holds.find(application_id) == ended:
            self._holds.release(application_id)

    def _unmark(self, application_id: str, record: Application | None) -> None:
        if record:
            self._candidates.unmark(record)
        else:
            self._candidates.forget(application_id)


def _ended(now: datetime) -> Tombstone:
    """Remember for a board that may ask again that it was here, and is over."""
    return Tombstone(
        stage=Stage.ARCHIVED, reason="kept as long as it was to be", removed_at=now
    )

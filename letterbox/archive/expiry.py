"""The removal of archives after LETTERBOX_ARCHIVE_KEEP."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from letterbox.archive import announcement
from letterbox.archive.dates import read_dates
from letterbox.archive.endings import find_tombstone
from letterbox.archive.reader import archive_name, packed_record
from letterbox.domain import keys
from letterbox.domain.application import Application, Hold, Stage
from letterbox.domain.ending_ports import Holds
from letterbox.domain.errors import DamagedError, EndedError, LetterboxError
from letterbox.domain.ids import from_key_part
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.messages import ExpiryReport
from letterbox.domain.ports import Candidates, ObjectStore, StoredObject
from letterbox.domain.retention import is_kept_enough
from letterbox.domain.transitions import Transition
from letterbox.parallel import in_parallel
from letterbox.storage.objects import exists
from letterbox.transition_log import note

# SEEK tells of its events for 90 days: what was received before is not asked for again.
_REMEMBERED = timedelta(days=100)

# A bucket takes milliseconds to give the beginning of an archive, whatever its size.
_CONCURRENCY = 8

Outcome = Literal["removed", "held", "left", "open", "young"]


class ArchiveExpiry:
    """
    Removes archives that were kept as long as they were to be, with their markers.

    The dates of the record count, which no copy of the archive renews; where it cannot
    be read, the store's, which is never before the archive was made. On a bucket with
    a rule of its own, which knows nothing of records, markers nor of a hold that has
    ended, this comes first: the rule counts whole days from when the object was put.
    """

    def __init__(
        self, store: ObjectStore, *, candidates: Candidates, holds: Holds
    ) -> None:
        self._store = store
        self._candidates = candidates
        self._holds = holds

    def expire(self, keep: timedelta, now: datetime) -> ExpiryReport:
        """
        Remove what is old enough; what is cut short is done by the next walk.

        Of one that is to stay, the first bytes are read and no more. One that cannot
        be looked at does not keep the others; it is raised at the end.
        """
        counts: Counter[Outcome] = Counter()
        failed: LetterboxError | None = None

        def look(archive: StoredObject) -> tuple[StoredObject, bool | LetterboxError]:
            try:
                return archive, self._may_end(archive, keep, now)
            except LetterboxError as error:
                return archive, error

        with ThreadPoolExecutor(_CONCURRENCY) as pool:
            looked_at = in_parallel(
                pool, look, self._archives(), ahead=4 * _CONCURRENCY
            )
            for archive, may_end in looked_at:
                try:
                    if isinstance(may_end, LetterboxError):
                        raise may_end
                    if may_end:
                        counts[self._end(archive, keep, now)] += 1
                except LetterboxError as error:
                    failed = failed or error
        if failed:
            raise failed
        return ExpiryReport(
            ended=counts["removed"], held=counts["held"], left=counts["left"]
        )

    def _archives(self) -> Iterator[StoredObject]:
        for archive in self._store.list(keys.ARCHIVE):
            place = placed(archive.key)
            if place is not None and place.place is Place.ARCHIVE:
                yield archive

    def _may_end(self, archive: StoredObject, keep: timedelta, now: datetime) -> bool:
        """Return False where the first bytes say so; else the whole is to be read."""
        try:
            dates = read_dates(self._store, archive.key)
        except FileNotFoundError:
            return False  # Removed by another.
        return dates is None or is_kept_enough(
            dates.archive_by, dates.received_at, keep, now
        )

    def _end(self, archive: StoredObject, keep: timedelta, now: datetime) -> Outcome:
        record = None
        try:
            record = packed_record(self._store, archive.key)
        except FileNotFoundError:
            return "removed"  # By another.
        except DamagedError:
            application_id = from_key_part(archive_name(archive.key))
            is_over = now - archive.modified >= keep
        else:
            application_id = record.id
            is_over = is_kept_enough(record.archive_by, record.received_at, keep, now)
        if not is_over:
            return "young"
        if application_id is None:
            return "left"
        if exists(self._store, keys.record(application_id)):
            return "open"  # Packed, and then news came: it is packed again later.
        hold = self._holds.find(application_id)
        if hold and hold.is_active(now):
            return self._spare(application_id, record)
        return self._remove(application_id, record, now)

    def _remove(
        self, application_id: str, record: Application | None, now: datetime
    ) -> Outcome:
        """
        Remove the archive, unless it is held by now: see announcement.py.

        The markers go before the archive, which alone knows where they are. The
        tombstone goes last where no board will ask again.
        """
        announced = announcement.announce(self._store, application_id, now)
        self._unmark(application_id, record)
        hold = self._holds.find(application_id)
        if hold and hold.is_active(now):
            return self._spare(application_id, record)
        if announced and not announcement.settle(
            self._store, application_id, now, announced
        ):
            return self._spare(application_id, record)
        self._store.delete(keys.archive(application_id))
        note(Transition.EXPIRED, application_id)
        self._forget(application_id, hold)
        is_forgotten = record and record.received_at + _REMEMBERED <= now
        if announced and is_forgotten and not self._is_erased(application_id):
            self._store.delete(keys.tombstone(application_id))
        return "removed"

    def _spare(self, application_id: str, record: Application | None) -> Outcome:
        """Undo an expiry that was begun, by this walk or one that was cut short."""
        with suppress(EndedError):
            announcement.withdraw(self._store, application_id)
        if record:
            self._candidates.mark(record)
        if self._is_erased(application_id):
            # Nobody placed a hold: what has begun is ended by the erasure.
            self._unmark(application_id, record)
            return "removed"
        return "held"

    def _is_erased(self, application_id: str) -> bool:
        """Look for an erasure, which leaves its tombstone before it removes markers."""
        tombstone = find_tombstone(self._store, application_id)
        return tombstone is not None and tombstone.stage is not Stage.ARCHIVED

    def _forget(self, application_id: str, ended: Hold | None) -> None:
        """Remove a hold that has ended, unless another was placed meanwhile."""
        if ended and self._holds.find(application_id) == ended:
            self._holds.release(application_id)

    def _unmark(self, application_id: str, record: Application | None) -> None:
        if record:
            self._candidates.unmark(record)
        else:
            self._candidates.unmark_by_scan(application_id)

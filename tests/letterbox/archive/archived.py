"""A store with archives of chosen ages, and the end of their keeping."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from letterbox.archive.archives import BagArchives
from letterbox.archive.expiry import ArchiveExpiry
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.messages import ExpiryReport
from letterbox.records.candidates import StoredCandidates
from letterbox.records.holds import StoredHolds
from tests.letterbox.archive.packing import invented, keep_open
from tests.letterbox.failing import FailingStore

NOW = datetime(2030, 1, 1, tzinfo=UTC)
KEEP = timedelta(days=365)
HALF_A_YEAR = timedelta(days=166)


class Rig:
    """A store with archives of chosen ages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "store"
        self.store = FailingStore(self.folder)
        self.store.prepare()
        self.holds = StoredHolds(self.store)
        self.candidates = StoredCandidates(self.store, [b"a key for tests"])
        self.expiry = ArchiveExpiry(
            self.store, candidates=self.candidates, holds=self.holds
        )

    def archive(
        self,
        name: str,
        age: timedelta,
        *,
        copied: timedelta | None = None,
        **of: object,
    ) -> Application:
        """
        Have an application been archived so long ago, and remove its hot copy.

        ``copied``: how long ago this copy of the archive was written.
        """
        dates = {"archive_by": NOW - age, "received_at": NOW - age - HALF_A_YEAR}
        record = invented(name).model_copy(update={**dates, **of})
        record = self.candidates.mark(record)
        keep_open(self.store, record, {})
        BagArchives(self.store, self.holds).pack(record)
        self.store.delete(keys.record(name))
        self.age(name, age if copied is None else copied)
        return record

    def spoil(self, name: str, age: timedelta) -> None:
        """Leave nothing of an archive but its name."""
        self.store.put(keys.archive(name), b"not a zip")
        self.age(name, age)

    def age(self, name: str, age: timedelta) -> None:
        """Have an archive been written so long ago."""
        written = (NOW - age).timestamp()
        os.utime(self.folder / keys.archive(name), (written, written))

    def end(self) -> ExpiryReport:
        """End the keeping, now."""
        return self.expiry.expire(KEEP, NOW)

    def objects(self) -> set[str]:
        """List all there is."""
        return {found.key for found in self.store.list("")}

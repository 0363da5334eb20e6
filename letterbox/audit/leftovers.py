"""Finds and removes what lies in a store and belongs to no application."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from letterbox.audit.kinds import Kind
from letterbox.audit.report import Finding
from letterbox.audit.walk import ObjectCounts
from letterbox.domain.key_owners import folder_of
from letterbox.domain.ports import ObjectStore
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.objects import TEMPORARY

_STALE = timedelta(hours=1)


class Leftovers:
    """
    Temporary files, objects of interrupted health checks, and what is not ours.

    ``folder`` is that of a directory store. A bucket's lifecycle aborts uploads that
    were cut short, and not every server lists them.
    """

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    def findings(
        self, counts: ObjectCounts, now: datetime, *, repair: bool
    ) -> Iterator[Finding]:
        """Count them; foreign objects stay, since nobody knows whose they are."""
        if stale := self._stale_files(now) + len(counts.probes):
            is_repaired = repair and self._remove(counts, now)
            yield Finding(kind=Kind.TEMPORARY_FILES, count=stale, repaired=is_repaired)
        foreign = counts.foreign + self._strays()
        if foreign:
            folders = foreign.most_common()
            yield Finding(
                kind=Kind.FOREIGN_OBJECTS,
                count=foreign.total(),
                details=tuple(f"{folder} ({count})" for folder, count in folders),
            )

    def _strays(self) -> Counter[str]:
        """Count what the store cannot list, by a folder that can be printed."""
        strays: Counter[str] = Counter()
        for folder, count in self._store.strays().items():
            printable = folder.encode(errors="replace").decode()
            strays[folder_of(f"{printable}/")] += count
        return strays

    def _stale_files(self, now: datetime) -> int:
        if self._folder is None:
            return 0
        oldest = (now - _STALE).timestamp()
        with os.scandir(self._folder / TEMPORARY) as entries:
            return sum(_modified(entry) < oldest for entry in entries)

    def _remove(self, counts: ObjectCounts, now: datetime) -> bool:
        if isinstance(self._store, DirectoryStore):
            self._store.remove_stale()
        for probe in counts.probes:
            self._store.delete(probe.key)
        return not self._stale_files(now)


def _modified(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return float("inf")  # It was just moved to its place.

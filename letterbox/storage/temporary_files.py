"""The one folder of a store in which files are written before they are moved."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from letterbox.storage.durable_files import write

_STALE = timedelta(hours=1)


class TemporaryFiles:
    """Names temporary files, and removes those that have lost their process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(self, key: str) -> Path:
        """Name a file for an object; it is found again by the key's first parts."""
        return self.folder / f"{_beginning(key)}{uuid4().hex}"

    def new_draft(self) -> Path:
        """Name a file for an object that has no key yet."""
        return self.folder / f"draft-{uuid4().hex}"

    def remove_of(self, key: str) -> None:
        """Remove those of an object or of a folder, however young."""
        beginning = _beginning(key)
        self._remove(lambda entry: entry.name.startswith(beginning))

    def remove_stale(self) -> int:
        """Remove those that lost their process an hour ago or earlier."""
        oldest = time.time() - _STALE.total_seconds()
        return self._remove(
            lambda entry: entry.stat(follow_symlinks=False).st_mtime < oldest
        )

    def folds_case(self) -> bool:
        """Return whether a file is there under its name in capitals, too."""
        name = f"case-{uuid4().hex}"
        probe = self.folder / name
        write(probe, b"", None)
        try:
            return (self.folder / name.upper()).exists()
        finally:
            probe.unlink(missing_ok=True)

    def _remove(self, is_meant: Callable[[os.DirEntry[str]], bool]) -> int:
        removed = 0
        with os.scandir(self.folder) as entries:
            for entry in entries:
                try:
                    # A folder there is nobody's half-written file.
                    if is_meant(entry) and not entry.is_dir(follow_symlinks=False):
                        Path(entry).unlink()
                        removed += 1
                except FileNotFoundError:
                    continue  # Just put in its place.
        return removed


def _beginning(key: str) -> str:
    owner = "/".join(key.split("/")[:2])
    # A digest, for a key is longer than a name may be.
    return f"{sha256(owner.encode()).hexdigest()[:32]}-"

"""Folders that are made once and stay, so that a put in one need not sync above it."""

from collections.abc import Iterable
from pathlib import Path

from letterbox.storage.durable_files import make_folder, sync


class LastingFolders:
    """
    Folders below one parent, which a store makes when it is prepared.

    Their own entries are synced once a process, all at once, and known from then on by
    the folders' numbers: one that was removed by hand and made anew is synced again.
    """

    def __init__(self, root: Path, names: Iterable[str]) -> None:
        self._root = root
        self._folders = tuple(root / name for name in names)
        self._members = frozenset(self._folders)
        self._durable: dict[Path, tuple[int, int]] = {}

    def __contains__(self, folder: object) -> bool:
        return folder in self._members

    def make(self) -> None:
        """Make those that are missing; harmless to repeat."""
        for folder in self._folders:
            make_folder(folder, self._root)
        self._sync()

    def ensure_durable(self, folder: Path) -> None:
        """Make a folder's own entry durable, unless this process knows that it is."""
        number = _number(folder)
        if number is None or self._durable.get(folder) != number:
            self._sync()

    def _sync(self) -> None:
        # Before the sync: what is made after this is not known to be durable.
        numbers = {folder: _number(folder) for folder in self._folders}
        for above in {folder.parent for folder in self._folders}:
            sync(above)
        sync(self._root)
        self._durable = {folder: number for folder, number in numbers.items() if number}


def _number(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino

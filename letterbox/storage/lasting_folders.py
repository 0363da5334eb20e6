"""Folders that are made once and stay, so that a put in one need not sync above it."""

import os
from collections.abc import Iterable
from pathlib import Path

from letterbox.storage.durable_files import make_folders, sync


class LastingFolders:
    """
    Folders in one parent, which a store makes when it is prepared.

    Their own entries are synced once a process, all at once, and known from then on by
    the folders' numbers: one that was removed by hand and made anew is synced again.
    They are texts here: hundreds of ``Path`` take longer to make than the folders.
    """

    def __init__(self, parent: Path, names: Iterable[str]) -> None:
        self._parent = parent
        self._names = tuple(names)
        above = os.path.join(parent, "")  # noqa: PTH118 see the class
        self._members = frozenset(above + name for name in self._names)
        self._durable: dict[str, tuple[int, int]] = {}

    def __contains__(self, folder: object) -> bool:
        return isinstance(folder, Path) and str(folder) in self._members

    def make(self) -> None:
        """Make those that are missing; harmless to repeat."""
        make_folders(self._parent, self._names)
        self._sync()

    def ensure_durable(self, folder: Path) -> None:
        """Make a folder's own entry durable, unless this process knows that it is."""
        number = _number(folder)
        if number is None or self._durable.get(folder.name) != number:
            self._sync()

    def _sync(self) -> None:
        # Before the sync: what is made after this is not known to be durable.
        numbers = self._numbers()
        sync(self._parent)
        sync(self._parent.parent)
        self._durable = numbers

    def _numbers(self) -> dict[str, tuple[int, int]]:
        try:
            parent = os.open(self._parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            return {}
        try:
            found = {name: _number(name, within=parent) for name in self._names}
        finally:
            os.close(parent)
        return {name: number for name, number in found.items() if number}


def _number(folder: str | Path, *, within: int | None = None) -> tuple[int, int] | None:
    try:
        status = os.stat(folder, dir_fd=within)
    except OSError:
        return None
    return status.st_dev, status.st_ino

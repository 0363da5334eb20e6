"""Which folders this process has synced: for them no call of the system is needed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock


class SyncedFolders:
    """
    Folders whose own entries this process has synced, the latest of them.

    They are held open: another folder of that name, made since by someone else,
    cannot have the same number then.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._descriptors: dict[Path, int] = {}
        self._lock = Lock()

    def has(self, folder: Path) -> bool:
        """Return whether it is still the one that was synced."""
        with self._lock:
            descriptor = self._descriptors.get(folder)
            if descriptor is None:
                return False
            try:
                return os.path.samestat(os.fstat(descriptor), folder.stat())
            except OSError:
                return False

    @contextmanager
    def learning(self, folder: Path) -> Iterator[None]:
        """Know a folder that was there before its parent was synced, in the block."""
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            descriptor = None  # Gone again, or too many are open: not known then.
        try:
            yield
        except BaseException:
            # Nobody else would close it.
            if descriptor is not None:
                os.close(descriptor)
            raise
        if descriptor is not None:
            self._remember(folder, descriptor)

    def _remember(self, folder: Path, descriptor: int) -> None:
        with self._lock:
            forgotten = [self._descriptors.pop(folder, None)]
            self._descriptors[folder] = descriptor
            if len(self._descriptors) > self._most:
                eldest = next(iter(self._descriptors))
                forgotten.append(self._descriptors.pop(eldest))
            for old in forgotten:
                if old is not None:
                    os.close(old)

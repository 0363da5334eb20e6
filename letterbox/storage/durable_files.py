"""Files that survive the loss of power, by as few calls of the system as it takes."""

import errno
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from letterbox.storage.objects import LimitedReader
from letterbox.storage.owners import leave_folder_to_owner, leave_to_owner
from letterbox.storage.synced_folders import SyncedFolders
from letterbox.streams import CHUNK

# Others on the machine have no business with applications.
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700

_MOVES = 100
_DEFERRED: ContextVar["Deferred | None"] = ContextVar("_DEFERRED", default=None)
_SYNCED = SyncedFolders(most=64)
_NO_SUCH_CALL = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def write(path: Path, body: bytes | BinaryIO, size: int | None) -> None:
    """Write a new file through to the disk; its folder's entry is not, yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    try:
        leave_to_owner(descriptor, path.parent)
        if isinstance(body, bytes):
            _write_all(descriptor, body)
        else:
            source = LimitedReader(body, size)
            while chunk := source.read(CHUNK):
                _write_all(descriptor, chunk)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create(path: Path) -> BinaryIO:
    """Open a new file to write and to read."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    file = os.fdopen(os.open(path, flags, _FILE_MODE), "w+b")
    leave_to_owner(file.fileno(), path.parent)
    return file


def move(path: Path, target: Path, root: Path) -> None:
    """
    Move a file over another, making folders below root, and sync the entries.

    The entries of its folders too, unless this process has synced them before: who
    has made one a moment ago may not have got to it yet, and our file is in it.
    """
    replace(path, target, root)
    if not _is_deferred(target):
        _sync_above(target.parent, root)


class Deferred:
    """Folders from one on downwards that are synced later, as far as they are used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[str] = set()
        self._beginning = f"{folder}/"

    def covers(self, name: str) -> bool:
        """Return whether a path lies below the folder."""
        return name.startswith(self._beginning)


@contextmanager
def deferring(folder: Path) -> Iterator[Deferred]:
    """Sync no folder for what is moved below one; ``sync_deferred`` comes after it."""
    deferred = Deferred(folder)
    before = _DEFERRED.set(deferred)
    try:
        yield deferred
    finally:
        _DEFERRED.reset(before)


def note_use(name: str) -> None:
    """Have the folder of what is read or written synced, where that is deferred."""
    if (deferred := _DEFERRED.get()) and deferred.covers(name):
        deferred.used.add(name.rpartition("/")[0])


def sync_deferred(deferred: Deferred, root: Path) -> None:
    """Make durable what was used, whoever has put it there, and its folders."""
    below: set[Path] = set()
    for name in deferred.used:
        folder = Path(name)
        while folder != deferred.folder and folder not in below:
            below.add(folder)
            folder = folder.parent
    # The deepest first; those that were only looked for are not there.
    for folder in sorted(below, reverse=True):
        sync(folder)
    if sync(deferred.folder):
        _sync_above(deferred.folder, root)


def _is_deferred(target: Path) -> bool:
    deferred = _DEFERRED.get()
    return deferred is not None and deferred.covers(str(target))


def _sync_above(folder: Path, root: Path) -> None:
    while folder != root and not _SYNCED.has(folder):
        with _SYNCED.learning(folder):
            sync(folder.parent)
        folder = folder.parent


def replace(path: Path, target: Path, root: Path) -> None:
    """Move a file over another, making folders below root; sync its entry alone."""
    has_made = False
    for _ in range(10 * _MOVES):
        try:
            path.replace(target)
        except FileNotFoundError:
            if not os.path.lexists(path):
                # An erasure has removed it: not even a folder of it stays.
                if has_made:
                    remove_emptied(target.parent, root)
                raise
            # No folder yet, or a delete in it has just removed it as empty.
            make_folder(target.parent, root)
            has_made = True
        else:
            break
    else:
        raise FileNotFoundError(errno.ENOENT, "the folder vanishes again and again")
    if not _is_deferred(target):
        sync(target.parent)


def make_folder(
    folder: Path, root: Path | None = None, tries: int = _MOVES
) -> list[Path]:
    """
    Make a folder and its missing parents; return those that got an entry.

    What another has just made counts as ours: he may not have synced it yet. A root
    is not made: where it is missing, a volume went away (FileNotFoundError). So it is
    where nothing can be made in a parent that is there: a link to nowhere, ``/proc``.
    """
    try:
        folder.mkdir(_FOLDER_MODE)
    except FileExistsError:
        return [folder.parent]
    except FileNotFoundError:
        if folder.parent == root or not tries:
            raise
        above = make_folder(folder.parent, root)
        return [*above, *make_folder(folder, root, tries - 1)]
    leave_folder_to_owner(folder, folder.parent)
    return [folder.parent]


def make_folders(parent: Path, names: Iterable[str]) -> None:
    """Make what is missing of a folder's subfolders, and itself, below its own root."""
    make_folder(parent, parent.parent)
    descriptor = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        existing = set(os.listdir(descriptor))  # noqa: PTH208 of a descriptor
        for name in names:
            if name not in existing:
                with suppress(FileExistsError):
                    os.mkdir(name, _FOLDER_MODE, dir_fd=descriptor)
                leave_folder_to_owner(name, descriptor)
    finally:
        os.close(descriptor)


def sync(folder: Path) -> bool:
    """Make a folder's entries durable; False where there is no such folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        # Removed as empty: someone has deleted what was put. Or looked for in vain
        # where somebody has put a file in the place of the folder.
        return False
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)
    return True


def keeps_entries(folder: Path) -> bool:
    """Return whether a folder's file system makes its entries durable when asked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> bool:
    """Sync a folder; False on CIFS and some FUSE, which have no such call for it."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise
        return False
    return True


def remove_emptied(folder: Path, root: Path, lasting: Container[Path] = ()) -> Path:
    """Remove a folder and its parents, as far as empty; return the one that stays."""
    while folder != root and folder not in lasting:
        try:
            folder.rmdir()
        except OSError:
            break  # Not empty, or another was quicker.
        folder = folder.parent
    return folder


def remove_tree(folder: Path) -> None:
    """
    Remove a folder and all below it; a link goes, and not what it leads to.

    What others remove meanwhile is gone, what they make keeps its folder.
    """
    if folder.is_symlink():
        folder.unlink(missing_ok=True)
        return
    # Not by recursion: a stranger's folders may be as deep as a path is long.
    folders, waiting = [], [folder]
    while waiting:
        folders.append(waiting.pop())
        for entry in _entries(folders[-1]):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry))
            else:
                Path(entry).unlink(missing_ok=True)
    for emptied in reversed(folders):
        try:
            emptied.rmdir()
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST}:
                raise


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def sync_nearest(folder: Path, root: Path) -> None:
    """Make durable that something was removed below, however much went with it."""
    while not sync(folder) and folder != root:
        folder = folder.parent


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]

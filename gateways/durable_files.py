"""Files that survive the loss of power, by as few calls of the system as it takes."""

import errno
import os
from pathlib import Path
from typing import BinaryIO

from gateways.objects import CHUNK, Exactly

# Others on the machine have no business with applications.
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700

_MOVES = 100
_NO_SUCH_CALL = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def write(path: Path, body: bytes | BinaryIO, size: int | None) -> None:
    """Write a new file through to the disk; its folder's entry is not, yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    try:
        if isinstance(body, bytes):
            _write_all(descriptor, body)
        else:
            source = Exactly(body, size)
            while chunk := source.read(CHUNK):
                _write_all(descriptor, chunk)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move(path: Path, target: Path, root: Path) -> None:
    """Move a file over another, making folders below root, and sync the entries."""
    changed = [target.parent]
    for _ in range(_MOVES):
        try:
            path.replace(target)
        except FileNotFoundError:
            # No folder yet, or a delete in it has just removed it as empty.
            changed += make_folder(target.parent, root)
        else:
            break
    else:
        raise FileNotFoundError(errno.ENOENT, "the folder vanishes again and again")
    for folder in dict.fromkeys(changed):
        sync(folder)


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
    return [folder.parent]


def sync(folder: Path) -> bool:
    """
    Make a folder's entries durable; tell whether its file system does.

    CIFS and some FUSE have no such call, and keep entries as they see fit.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return True  # Removed as empty: someone has deleted what was put.
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise
        return False
    finally:
        os.close(descriptor)
    return True


def remove_emptied(folder: Path, root: Path) -> None:
    """Remove a folder and its parents below the root, as far as they are empty."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return  # Not empty, or another was quicker.
        folder = folder.parent


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]

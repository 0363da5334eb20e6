"""Files below a folder as objects, in the order in which S3 lists their keys."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG

from domain.ports import StoredObject
from gateways.objects import TEMPORARY

# A folder, or a file where a folder should be, stands in no object's place.
ABSENT = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


def walk(folder: Path, prefix: str, beginning: str = "") -> Iterator[StoredObject]:
    """
    Walk what begins with ``beginning`` and all below it; keys begin with ``prefix``.

    Holds the names of one folder a level. What vanishes meanwhile is left out.
    """
    for name in _names(folder, beginning):
        key = prefix + name
        if key == f"{TEMPORARY}/":
            continue
        if name.endswith("/"):
            yield from walk(folder / name, key)
        elif found := described(key, folder / name):
            yield found


def described(key: str, path: Path) -> StoredObject | None:
    """Describe a file; None if it has gone, or is none."""
    try:
        found = path.lstat()
    except ABSENT:
        return None
    if not S_ISREG(found.st_mode):
        return None
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return StoredObject(key, found.st_size, modified)


def _names(folder: Path, beginning: str) -> list[str]:
    """List a folder; with its slash, a subfolder sorts as its keys do in S3."""
    try:
        with os.scandir(folder) as entries:
            names = [
                f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
                for entry in entries
                if entry.name.startswith(beginning)
            ]
    except ABSENT:
        return []  # Never there, or emptied since its parent was listed.
    return sorted(names, key=os.fsencode)

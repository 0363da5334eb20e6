"""Files below a folder as objects, in the order in which S3 lists their keys."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from letterbox.domain.ports import StoredObject
from letterbox.storage.objects import TEMPORARY

_LATEST = datetime(9000, 1, 1, tzinfo=UTC).timestamp()
# A folder, or a file where a folder should be, stands in no object's place.
ABSENT = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


def walk(folder: Path, prefix: str, beginning: str = "") -> Iterator[StoredObject]:
    """
    Walk what begins with ``beginning`` and all below it; keys begin with ``prefix``.

    Holds the names of one folder a level. What vanishes meanwhile is left out, and so
    is what can be no object: links, pipes, names that are not UTF-8. A folder that
    cannot be read (OSError) hides nothing of what comes after it, and is raised last.
    """
    failed: OSError | None = None
    # Not by recursion: a stranger's folders may be as deep as a path is long.
    levels = [(folder, prefix, iter(_names(folder, beginning)))]
    while levels:
        parent, above, names = levels[-1]
        if (name := next(names, None)) is None:
            levels.pop()
            continue
        key = above + name
        if key == f"{TEMPORARY}/":
            continue
        try:
            if name.endswith("/"):
                levels.append((parent / name, key, iter(_names(parent / name))))
            elif stored := described(key, parent / name):
                yield stored
        except OSError as error:
            failed = failed or error
    if failed:
        raise failed


def described(key: str, path: Path | str) -> StoredObject | None:
    """Describe a file; None if it has gone, or is none."""
    try:
        status = os.lstat(path)
    except ABSENT:
        return None
    if not S_ISREG(status.st_mode):
        return None
    # A file may bear any time, and Python knows no year after 9999.
    seconds = min(max(status.st_mtime, 0), _LATEST)
    return StoredObject(key, status.st_size, datetime.fromtimestamp(seconds, UTC))


def strays(folder: Path) -> Counter[str]:
    """Count what ``walk`` leaves out, by the first folder of its path."""
    counts: Counter[str] = Counter()
    for top, folders, files in os.walk(folder):
        below = Path(top).relative_to(folder).parts[:1]
        if below == (TEMPORARY,):
            folders.clear()
            continue
        for name in (*folders, *files):
            if not below and name == TEMPORARY:
                continue
            is_reserved = not below and name.startswith(TEMPORARY)
            if is_reserved or not _is_utf8(name) or _is_special(Path(top, name)):
                counts[(*below, name)[0]] += 1
        folders[:] = [name for name in folders if _is_utf8(name)]
    return counts


def _is_special(path: Path) -> bool:
    """Return whether a path is neither a file nor a folder, but a link or a pipe."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False  # It has gone meanwhile.
    return not (S_ISREG(mode) or S_ISDIR(mode))


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _names(folder: Path, beginning: str = "") -> list[str]:
    """List a folder; with its slash, a subfolder sorts as its keys do in S3."""
    try:
        with os.scandir(folder) as entries:
            names = [
                f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
                for entry in entries
                if entry.name.startswith(beginning) and _is_utf8(entry.name)
            ]
    except ABSENT:
        return []  # Never there, or emptied since its parent was listed.
    return sorted(names, key=os.fsencode)

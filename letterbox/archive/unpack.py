"""A verified bag, unpacked into a folder."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from letterbox.archive.reader import BagReader
from letterbox.domain.errors import RefusedError

# Others on the machine have no business with applications.
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def check_free(folder: Path) -> None:
    """Refuse a folder that has anything in it, or that is none."""
    try:
        with os.scandir(folder) as entries:
            is_empty = next(entries, None) is None
    except FileNotFoundError:
        return
    except OSError as error:
        raise _refused(error) from None
    if not is_empty:
        raise RefusedError("the folder is not empty: name a new or an empty one")


def unpack(bag: BagReader, folder: Path) -> None:
    """Write every file, or none: what fails half-way is removed again."""
    try:
        is_new = not folder.exists()
        folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        with _cleared(folder, bag, is_new=is_new):
            for path in bag.paths:
                _write(bag, path, folder / path)
    except OSError as error:
        raise _refused(error) from None


def _write(bag: BagReader, path: str, target: Path) -> None:
    target.parent.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in bag.chunks(path):
            file.write(chunk)


@contextmanager
def _cleared(folder: Path, bag: BagReader, *, is_new: bool) -> Iterator[None]:
    try:
        yield
    except BaseException:
        # Ctrl-C, too: half an archive on a disk looks like a whole one.
        if is_new:
            rmtree(folder, ignore_errors=True)
        for name in {path.partition("/")[0] for path in bag.paths}:
            rmtree(folder / name, ignore_errors=True)
            (folder / name).unlink(missing_ok=True)
        raise


def _refused(error: OSError) -> RefusedError:
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return RefusedError(f"the folder cannot be written: {code}")

"""Files read by as few calls of the system as it takes: for each a thread waits."""

import errno
import os
from collections.abc import Iterator
from io import FileIO
from stat import S_ISDIR

from letterbox.storage.disk_errors import translated
from letterbox.streams import CHUNK


def open_unbuffered(path: str) -> FileIO:
    """Open a file that is read in large pieces."""
    return FileIO(path)


def read_chunks(file: FileIO) -> Iterator[bytes]:
    """Read what is left of a file (StoreUnavailableError)."""
    while True:
        with translated("read"):
            chunk = file.read(CHUNK)
        if not chunk:
            return
        yield chunk


def read_start(path: str, size: int) -> bytes:
    """Read the beginning of a file."""
    # Buffered: one read of a file system in user space may bring less.
    with open(path, "rb") as file:  # noqa: PTH123 a Path costs as much as the read
        return file.read(size)


def read_end(path: str, size: int | None = None) -> tuple[bytes, int]:
    """Read the end of a file, by default all of it; return its whole size, too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        status = os.fstat(descriptor)
        if S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, "a folder, and no file")
        whole = status.st_size
        start = 0 if size is None else max(0, whole - size)
        return _read(descriptor, start, whole), whole
    finally:
        os.close(descriptor)


def _read(descriptor: int, start: int, end: int) -> bytes:
    """Read from one place to another; fewer bytes where the file is cut meanwhile."""
    if end <= start:
        return b""  # A pipe, too, of which no place can be read.
    data = os.pread(descriptor, end - start, start)
    while data and start + len(data) < end:  # No call reads more than 2 GiB.
        at = start + len(data)
        more = os.pread(descriptor, end - at, at)
        if not more:
            break
        data += more
    return data

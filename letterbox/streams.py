"""Bytes that come in chunks: digested, and copied into files."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast
from zipfile import ZipFile

CHUNK = 256 * 1024
"""How much is read, or written, at a time."""
_MAX_IN_MEMORY = 1024 * 1024
# Broken bytes make zipfile seek to where no file has anything; a file that is not
# there was not open, and is somebody else's failure.
_OF_CONTENT = {None, errno.EINVAL, errno.ENOENT, errno.ENOTDIR}


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left of a file."""
    return iter(partial(file.read, CHUNK), b"")


def digest_of(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 of chunks, in hex."""
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def copy(chunks: Iterable[bytes], file: IO[bytes]) -> tuple[str, int]:
    """Write chunks to a file; return their SHA-256, in hex, and their size."""
    digest, size = sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += file.write(chunk)
    return digest.hexdigest(), size


def end_of(chunks: Iterable[bytes], size: int) -> tuple[bytes, int]:
    """Return the last bytes, holding not many more, and how many there were in all."""
    end, whole = b"", 0
    for chunk in chunks:
        whole += len(chunk)
        end = (end + chunk)[-size:]
    return end, whole


def open_spool(max_in_memory: int = _MAX_IN_MEMORY) -> BinaryIO:
    """Open a temporary file that is in memory for as long as it is small."""
    # To typeshed it is IO[bytes], which lacks nothing of BinaryIO.
    return cast("BinaryIO", SpooledTemporaryFile(max_in_memory))


def is_of_disk(error: Exception) -> bool:
    """Return whether this machine's disk failed in reading a file, not its content."""
    return isinstance(error, OSError) and error.errno not in _OF_CONTENT


class _WatchedFile:
    """A file that remembers what the disk has denied: zipfile does not always say."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.denied: OSError | None = None

    def seekable(self) -> bool:
        """Return what zipfile asks for."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move the current position."""
        with self._watched():
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the current position."""
        with self._watched():
            return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        with self._watched():
            return self._file.read(size)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if is_of_disk(error):
                self.denied = error
            raise


def open_zip(file: BinaryIO) -> ZipFile:
    """
    Open a zip file to read (whatever zipfile raises).

    It calls a bad file, or an empty one, what the disk has denied it: here that is
    the disk's OSError.
    """
    watched = _WatchedFile(file)
    try:
        return ZipFile(cast("BinaryIO", watched))
    except Exception:
        if watched.denied:
            raise watched.denied from None
        raise


@contextmanager
def spooled(max_in_memory: int = _MAX_IN_MEMORY) -> Iterator[BinaryIO]:
    """Open such a file for as long as the block lasts."""
    with open_spool(max_in_memory) as file:
        yield file

"""Bytes that come in chunks: digested, and copied into files."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

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
    """
    Return whether this machine's disk failed in reading a file, and not its content.

    What the disk denies zipfile may call a bad file: then that is its context.
    """
    return any(
        isinstance(cause, OSError) and cause.errno not in _OF_CONTENT
        for cause in (error, error.__context__)
    )


@contextmanager
def spooled(max_in_memory: int = _MAX_IN_MEMORY) -> Iterator[BinaryIO]:
    """Open such a file for as long as the block lasts."""
    with open_spool(max_in_memory) as file:
        yield file

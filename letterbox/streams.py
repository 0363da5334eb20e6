"""Bytes that come in chunks: digested, and copied into files."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

_MAX_IN_MEMORY = 1024 * 1024


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


@contextmanager
def spooled(max_in_memory: int = _MAX_IN_MEMORY) -> Iterator[BinaryIO]:
    """Open such a file for as long as the block lasts."""
    with open_spool(max_in_memory) as file:
        yield file

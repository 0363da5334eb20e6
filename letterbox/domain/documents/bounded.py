"""Reading a file that a stranger chose: at most so much of it."""

from typing import BinaryIO

_MAX_BYTES = 4 * 1024 * 1024


class NotBelievedError(ValueError):
    """The file contradicts itself, or asks for more than is looked into."""


class BoundedReader:
    """
    Reads pieces of a file, wherever they lie, until they add up to the limit.

    The limit holds for all that looks at one document together, so none of the
    formats can cost more than it, whatever they promise.
    """

    def __init__(self, file: BinaryIO, most: int = _MAX_BYTES) -> None:
        self._file = file
        self._left = most
        self.size = file.seek(0, 2)

    def upto(self, offset: int, length: int) -> bytes:
        """Read ``length`` bytes, or fewer at the end (NotBelievedError)."""
        if offset < 0 or not 0 <= length <= self._left:
            raise NotBelievedError
        if offset > self.size:
            # No file system seeks to every place that a file can name.
            return b""
        self._file.seek(offset)
        data = self._file.read(length)
        self._left -= len(data)
        return data

    def exactly(self, offset: int, length: int) -> bytes:
        """Read ``length`` bytes that have to be there (NotBelievedError)."""
        data = self.upto(offset, length)
        if len(data) != length:
            raise NotBelievedError
        return data

    def last(self, length: int) -> bytes:
        """Read the end of the file."""
        return self.upto(max(0, self.size - length), min(length, self.size))

"""The bytes of a feed, unpacked where it is gzipped, and no more than a limit."""

import zlib
from typing import BinaryIO

from letterbox.domain.errors import MalformedError

_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zstd",
}
_WITH_HEADER = 16 + zlib.MAX_WBITS
_CHUNK = 64 * 1024
# A job takes some ten KiB: more of them than any employer has.
MAX_BYTES = 4 * 1024**3


class Unpacked:
    """
    Reads a file, and what is gzipped in it, once or twice over (MalformedError).

    ``cut_off`` is why the feed's own end was not reached, if it was not.
    """

    def __init__(self, file: BinaryIO, limit: int = MAX_BYTES) -> None:
        self._layers: list[_Gunzip] = []
        self._left = limit
        self.cut_off = ""
        self._source: BinaryIO | _Gunzip = file
        head = file.read(len(_GZIP))
        file.seek(0)
        if head == _GZIP:
            # A server may pack once more what is packed already.
            outer = _Gunzip(file)
            inner = _Gunzip(_Ahead(outer)) if outer.peek(2) == _GZIP else outer
            self._layers = [outer] if inner is outer else [outer, inner]
            self._source = inner
        else:
            head = file.read(8)
            file.seek(0)
            for magic, name in _OTHERS.items():
                if head.startswith(magic):
                    raise MalformedError(f"a {name} archive: unpack it, or use gzip")

    def read(self, amount: int, /) -> bytes:
        """Read at most ``amount`` bytes; none at the end, or at the limit."""
        if self._left <= 0:
            self.cut_off = self.cut_off or "larger than the limit"
            return b""
        data = self._source.read(min(amount, self._left))
        self._left -= len(data)
        if not data and any(layer.is_cut for layer in self._layers):
            self.cut_off = "the gzip file ends in the middle, or is broken"
        return data


class _Gunzip:
    """Unpacks gzip bit by bit: however much a few bytes become, little is held."""

    def __init__(self, file: "BinaryIO | _Ahead") -> None:
        self._file = file
        self._packed = b""
        self._unpacker = zlib.decompressobj(_WITH_HEADER)
        self._waiting = b""
        self._is_broken = False

    @property
    def is_cut(self) -> bool:
        """Return, at the end, whether it came too early."""
        return self._is_broken or not self._unpacker.eof

    def peek(self, amount: int) -> bytes:
        """Look at the first bytes."""
        while len(self._waiting) < amount and (data := self._unpack(amount)):
            self._waiting += data
        return self._waiting[:amount]

    def read(self, amount: int, /) -> bytes:
        """Read at most ``amount`` unpacked bytes; none at the end."""
        if self._waiting:
            data, self._waiting = self._waiting[:amount], self._waiting[amount:]
            return data
        return self._unpack(amount)

    def _unpack(self, amount: int) -> bytes:
        while not self._is_broken:
            if self._unpacker.eof and not self._next_member():
                return b""
            if not self._packed:
                self._packed = self._file.read(_CHUNK)
            is_ended = not self._packed
            try:
                data = self._unpacker.decompress(self._packed, amount)
            except zlib.error:
                self._is_broken = True
                return b""
            self._packed = self._unpacker.unconsumed_tail
            if data:
                return data
            if is_ended and not self._unpacker.eof:
                return b""
        return b""

    def _next_member(self) -> bool:
        """Go on with what is appended; padding, and what is no gzip, is the end."""
        left = (self._unpacker.unused_data or self._packed or b"").lstrip(b"\0")
        left = left or self._file.read(_CHUNK).lstrip(b"\0")
        if not left.startswith(_GZIP):
            return False
        self._packed = left
        self._unpacker = zlib.decompressobj(_WITH_HEADER)
        return True


class _Ahead:
    """Lets a layer read another."""

    def __init__(self, layer: _Gunzip) -> None:
        self._layer = layer

    def read(self, amount: int, /) -> bytes:
        return self._layer.read(amount)

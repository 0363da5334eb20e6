"""
The directory of a compound file ([MS-CFB]), read by following its FAT, bounded.

https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb
"""

import struct
from dataclasses import dataclass

from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_IN_HEADER = 109
"""How many sectors of the FAT the header itself names."""
_MAX_SECTORS = 512
"""Of a directory; and of the list of the FAT's sectors."""
_MAX_REGULAR = 0xFFFFFFFA
_NONE = 0xFFFFFFFF
_ENTRY = 128
_SECTOR_SHIFTS = {9, 12}


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream or a storage at the root of the file."""

    name: str
    start: int
    """The number of its first sector."""
    size: int


class OleFile:
    """Finds its way in a compound file (NotBelievedError)."""

    def __init__(self, file: BoundedReader) -> None:
        self._file = file
        header = file.exactly(0, _HEADER)
        shift = int.from_bytes(header[30:32], "little")
        if shift not in _SECTOR_SHIFTS:
            raise NotBelievedError
        self._sector_bytes = 1 << shift
        self._directory = int.from_bytes(header[48:52], "little")
        self._smallest = int.from_bytes(header[56:60], "little")
        self._fat = self._fat_sectors(header)

    def root(self) -> dict[str, Stream]:
        """Return what lies at the root, by name."""
        entries = self._entries()
        if not entries:
            raise NotBelievedError
        streams: dict[str, Stream] = {}
        seen: set[int] = set()
        # The siblings are a tree; a file may say that it is none.
        waiting = [_u32(entries[0], 76)]
        while waiting:
            at = waiting.pop()
            if at == _NONE or at in seen:
                continue
            if at >= len(entries):
                raise NotBelievedError
            seen.add(at)
            entry = entries[at]
            stream = _stream(entry)
            streams[stream.name] = stream
            waiting += [_u32(entry, 68), _u32(entry, 72)]
        return streams

    def beginning(self, stream: Stream) -> bytes:
        """Read the first sector of a stream; nothing of one that is packed away."""
        if stream.size < self._smallest:
            return b""
        return self._file.upto(self._place(stream.start), self._sector_bytes)

    def _entries(self) -> list[bytes]:
        entries: list[bytes] = []
        sector, seen = self._directory, set[int]()
        while sector < _MAX_REGULAR:
            if sector in seen or len(seen) == _MAX_SECTORS:
                raise NotBelievedError
            seen.add(sector)
            data = self._file.exactly(self._place(sector), self._sector_bytes)
            entries += [data[at : at + _ENTRY] for at in range(0, len(data), _ENTRY)]
            sector = self._next(sector)
        return entries

    def _next(self, sector: int) -> int:
        per_sector = self._sector_bytes // 4
        table, place = divmod(sector, per_sector)
        if table >= len(self._fat):
            raise NotBelievedError
        at = self._place(self._fat[table]) + 4 * place
        return int.from_bytes(self._file.exactly(at, 4), "little")

    def _fat_sectors(self, header: bytes) -> list[int]:
        """List the sectors of the FAT: from the header, then from a chain of lists."""
        listed = list(struct.unpack_from(f"<{_IN_HEADER}L", header, 76))
        following, seen = int.from_bytes(header[68:72], "little"), set[int]()
        per_sector = self._sector_bytes // 4 - 1
        while following < _MAX_REGULAR:
            if following in seen or len(seen) == _MAX_SECTORS:
                raise NotBelievedError
            seen.add(following)
            data = self._file.exactly(self._place(following), self._sector_bytes)
            *more, following = struct.unpack(f"<{per_sector + 1}L", data)
            listed += more
        return [sector for sector in listed if sector < _MAX_REGULAR]

    def _place(self, sector: int) -> int:
        return (sector + 1) * self._sector_bytes


def _stream(entry: bytes) -> Stream:
    name_bytes = int.from_bytes(entry[64:66], "little")
    if not 2 <= name_bytes <= 64:  # noqa: PLR2004 UTF-16 with its final zero
        raise NotBelievedError
    name = entry[: name_bytes - 2].decode("utf-16-le", "replace")
    # Of large sizes older writers leave rubbish in the upper half.
    return Stream(name, _u32(entry, 116), _u32(entry, 120))


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")

"""
A zip (PKWARE's APPNOTE.TXT), its directory and small parts, read by us and bounded.

Python's ``zipfile`` believes whichever end record it finds first, reads a directory of
any size and decompresses without a limit. Here a file is read only where all of its
statements agree; office programs write no other.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError

_MAX_ENTRIES = 4096
_MAX_BYTES = _MAX_ENTRIES * 256
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s2B5H3L5H2L")
_LOCAL_HEADER = struct.Struct("<4s2BHH2H3L2H")
_STORED, _DEFLATED = 0, 8
_MAX_PACKED_PART = 64 * 1024
_MAX_PART = 256 * 1024
_TAIL = _LOCATOR_64.size + _END.size + 0xFFFF
_ELSEWHERE = 0xFFFFFFFF
_EXTRA_64 = 1
_PADDING = b"\0\t\r\n \x1a"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a zip, by its central header."""

    raw_name: bytes
    flags: int
    method: int
    packed: int
    """Bytes as they lie there."""
    offset: int
    """Of its local header."""

    @property
    def name(self) -> str:
        """Return the name as other entries and parts refer to it."""
        encoding = "utf-8" if self.flags & 0x800 else "cp437"
        name = self.raw_name.decode(encoding, "replace").replace("\\", "/")
        return name.removeprefix("./").lstrip("/").casefold()

    @property
    def is_encrypted(self) -> bool:
        """Return whether a password is needed for it."""
        return bool(self.flags & 1)


@dataclass(frozen=True, slots=True)
class _EndRecord:
    count: int
    bytes: int
    start: int


def read_directory(file: BoundedReader) -> dict[str, Entry]:
    """Read the entries, by name in lower case (NotBelievedError)."""
    end = _read_end(file)
    if end.count > _MAX_ENTRIES or end.bytes > _MAX_BYTES:
        raise NotBelievedError
    entries = list(_entries(file.exactly(end.start, end.bytes)))
    if len(entries) != end.count:
        raise NotBelievedError
    _check_places(entries, end.start)
    by_name = {entry.name: entry for entry in entries}
    if len(by_name) != len(entries):
        raise NotBelievedError
    return by_name


def ends_as_zip(file: BoundedReader) -> bool:
    """Return whether it ends as a zip: some programs look only there."""
    return bool(_fitting(file.last(_TAIL)))


def _read_end(file: BoundedReader) -> _EndRecord:
    """Find the one end record with which the file ends, but for padding."""
    tail = file.last(_TAIL)
    ends = _fitting(tail)
    if len(ends) != 1:
        raise NotBelievedError
    at = file.size - len(tail) + ends[0]
    _, disk, other_disk, here, count, size, start, _ = _END.unpack_from(tail, ends[0])
    end = _EndRecord(count, size, start)
    located = ends[0] - _LOCATOR_64.size
    if located >= 0 and tail.startswith(b"PK\6\7", located):
        end, at = _read_end_64(file, at - _LOCATOR_64.size, end)
    elif disk or other_disk or here != count:
        raise NotBelievedError
    if end.start + end.bytes != at:
        raise NotBelievedError
    return end


def _read_end_64(
    file: BoundedReader, locator_at: int, plain: _EndRecord
) -> tuple[_EndRecord, int]:
    """Read the larger record, which must not say otherwise than the plain one."""
    locator = _LOCATOR_64.unpack(file.exactly(locator_at, _LOCATOR_64.size))
    _, disk, at, disks = locator
    fields = _END_64.unpack(file.exactly(at, _END_64.size))
    signature, size, _, _, this_disk, other_disk, here, *rest = fields
    end = _EndRecord(*rest)
    is_whole = signature == b"PK\6\6" and at + 12 + size == locator_at
    is_alone = not (disk or this_disk or other_disk) and disks <= 1
    agrees = (
        here == end.count
        and plain.count in {0xFFFF, end.count}
        and plain.bytes in {_ELSEWHERE, end.bytes}
        and plain.start in {_ELSEWHERE, end.start}
    )
    if not (is_whole and is_alone and agrees):
        raise NotBelievedError
    return end, at


def _entries(directory: bytes) -> Iterator[Entry]:
    at = 0
    while at < len(directory):
        if len(directory) - at < _ENTRY.size:
            raise NotBelievedError
        header = _ENTRY.unpack_from(directory, at)
        signature, _, _, _, flags, method = header[:6]
        packed, size, name_bytes, extra_bytes, comment_bytes = header[9:14]
        offset = header[17]
        name_at = at + _ENTRY.size
        extra_at = name_at + name_bytes
        at = extra_at + extra_bytes + comment_bytes
        if signature != b"PK\1\2" or at > len(directory):
            raise NotBelievedError
        extra = directory[extra_at : extra_at + extra_bytes]
        _, packed, offset = _sizes(extra, (size, packed, offset))
        name = directory[name_at:extra_at]
        yield Entry(name, flags, method, packed, offset)


def _sizes(extra: bytes, plain: tuple[int, int, int]) -> tuple[int, ...]:
    """Take from the ZIP64 field what does not fit into 32 bits (APPNOTE 4.5.3)."""
    if _ELSEWHERE not in plain:
        return plain
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == _EXTRA_64:
            large = iter(
                extra[at + 4 + skip : at + 12 + skip] for skip in range(0, size, 8)
            )
            return tuple(
                _large(large) if size == _ELSEWHERE else size for size in plain
            )
        at += 4 + size
    raise NotBelievedError


def _large(values: Iterator[bytes]) -> int:
    value = next(values, b"")
    if len(value) != 8:  # noqa: PLR2004 64 bits
        raise NotBelievedError
    return int.from_bytes(value, "little")


def _check_places(entries: Iterable[Entry], end: int) -> None:
    """See that the files lie one behind the other, from the first byte on."""
    ordered = sorted(entries, key=lambda entry: entry.offset)
    if ordered and ordered[0].offset != 0:
        raise NotBelievedError
    limits = [*(entry.offset for entry in ordered[1:]), end]
    for entry, limit in zip(ordered, limits, strict=False):
        least = _LOCAL_HEADER.size + len(entry.raw_name) + entry.packed
        if entry.offset + least > limit:
            raise NotBelievedError


def _fitting(tail: bytes) -> list[int]:
    """
    Find the records with which a file may end.

    What is sent or stored gets a line's end behind it, or zeros up to a block's.
    """
    least = len(tail.rstrip(_PADDING))
    return [at for at in _all(tail, b"PK\5\6") if _ends(tail, at, least)]


def _ends(tail: bytes, at: int, least: int) -> bool:
    if at + _END.size > len(tail):
        return False
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return least <= at + _END.size + comment <= len(tail)


def _all(data: bytes, signature: bytes) -> Iterator[int]:
    at = data.find(signature)
    while at >= 0:
        yield at
        at = data.find(signature, at + 1)


def read_part(file: BoundedReader, entry: Entry) -> bytes:
    """
    Read a small file whole; what would be larger is not believed (NotBelievedError).

    Office programs store or deflate. Of the other methods Python's decompressors have
    no limit of their output, so they are not even tried.
    """
    header = file.exactly(entry.offset, _LOCAL_HEADER.size)
    signature, _, _, flags, method, *_, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(
        header
    )
    name_at = entry.offset + _LOCAL_HEADER.size
    name = file.exactly(name_at, name_bytes)
    agrees = (signature, method, name) == (b"PK\3\4", entry.method, entry.raw_name)
    if not agrees or flags & 1 or entry.is_encrypted:
        raise NotBelievedError
    start = name_at + name_bytes + extra_bytes
    if entry.packed > _MAX_PACKED_PART:
        raise NotBelievedError
    packed = file.exactly(start, entry.packed)
    if method == _STORED:
        return packed
    if method != _DEFLATED:
        raise NotBelievedError
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflating.decompress(packed, _MAX_PART)
    except zlib.error:
        raise NotBelievedError from None
    if not inflating.eof:
        raise NotBelievedError
    return content

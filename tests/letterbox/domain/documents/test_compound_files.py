"""A compound file ([MS-CFB]) is read by its tables, wherever they lead."""

import struct
from collections.abc import Mapping
from io import BytesIO

import pytest

from letterbox.domain.documents import (
    UNREADABLE,
    DocumentKind,
    DocumentProblem,
    kinds,
    recognise,
)

_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_CUTOFF = 4096
_IN_HEADER = 109


def entry(
    name: str, *, right: int = _FREE, child: int = _FREE, start: int = 0, size: int = 0
) -> bytes:
    """Make an entry of the directory."""
    spelled = name.encode("utf-16-le") + b"\0\0"
    places = struct.pack("<HBB3L", len(spelled), 2, 1, _FREE, right, child)
    where = struct.pack("<3L", start, size, 0)
    return spelled.ljust(64, b"\0") + places + bytes(36) + where


def compound(
    streams: Mapping[str, bytes], *, shift: int = 9, directory: int = 1
) -> bytes:
    """
    Make a compound file with streams of one sector each.

    Where the directory lies beyond what the header's part of the FAT covers, the FAT
    goes on in a list of its own.
    """
    sector = 1 << shift
    per_table = sector // 4
    first = directory + 1
    entries = [entry("Root Entry", child=1)]
    for number, name in enumerate(streams, start=2):
        right = number if number <= len(streams) else _FREE
        place = first + number - 2
        entries.append(entry(name, right=right, start=place, size=_CUTOFF))
    listed = [0] + [_FREE] * (_IN_HEADER - 1)
    lists, count = _END, 0
    table = directory // per_table
    sectors = {0: struct.pack("<L", _END) * per_table}
    if table >= _IN_HEADER:
        listed = [0] * _IN_HEADER
        lists, count = 1, 1
        more = [0] * (per_table - 1) + [_END]
        sectors[1] = struct.pack(f"<{per_table}L", *more)
    sectors[directory] = b"".join(entries)
    for number, content in enumerate(streams.values()):
        sectors[first + number] = content
    header = bytearray(_SIGNATURE + bytes(504))
    struct.pack_into("<H", header, 30, shift)
    struct.pack_into("<L", header, 48, directory)
    struct.pack_into("<L", header, 56, _CUTOFF)
    struct.pack_into("<L", header, 60, 3)  # Where small streams lie.
    struct.pack_into("<2L", header, 68, lists, count)
    struct.pack_into(f"<{_IN_HEADER}L", header, 76, *listed)
    body = bytearray(sector * (max(sectors) + 1))
    for number, content in sectors.items():
        body[sector * number : sector * number + len(content)] = content
    return bytes(header).ljust(sector, b"\0") + bytes(body)


def record(kind: int, body: bytes = b"") -> bytes:
    """Make a record of a workbook."""
    return struct.pack("<2H", kind, len(body)) + body


_BEGINNING_OF_FILE = record(0x809, bytes(16))
_PASSWORD = record(0x2F, bytes(6))
_WORD = b"\xec\xa5" + bytes(8)


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ({"WordDocument": _WORD + b"\0\0"}, kinds.DOC),
        ({"WordDocument": _WORD + b"\0\x01"}, kinds.DOC.but(DocumentProblem.PASSWORD)),
        ({"WordDocument": _WORD + b"\0\x13"}, kinds.DOC.but(DocumentProblem.PASSWORD)),
        ({"WordDocument": _WORD + b"\x01\x02"}, kinds.DOC),
        (
            {"WordDocument": b"\xdc\xa5" + b"\xff" * 10},
            kinds.DOC.but(DocumentProblem.PASSWORD),
        ),
        ({"WordDocument": b"\xff" * 12}, kinds.DOC),
        (
            {"Workbook": _BEGINNING_OF_FILE + _PASSWORD},
            kinds.XLS.but(DocumentProblem.PASSWORD),
        ),
        (
            {"Book": _BEGINNING_OF_FILE + _PASSWORD},
            kinds.XLS.but(DocumentProblem.PASSWORD),
        ),
        ({"Workbook": _BEGINNING_OF_FILE + record(0x42, b"/\0")}, kinds.XLS),
        (
            {"Workbook": _BEGINNING_OF_FILE + record(0x86, b"") + _PASSWORD},
            kinds.XLS.but(DocumentProblem.PASSWORD),
        ),
        ({"Book": _BEGINNING_OF_FILE}, kinds.XLS),
        (
            {"Workbook": _BEGINNING_OF_FILE, "_VBA_PROJECT_CUR": b""},
            kinds.XLS.but(DocumentProblem.MACROS),
        ),
        ({"PowerPoint Document": b""}, kinds.PPT),
        ({"EncryptedSummary": b"", "MatOST": b""}, kinds.WPS),
        ({"Quill": b""}, kinds.PUB),
    ],
)
def test_office_files_say_in_their_first_bytes_whether_they_want_a_password(
    streams: dict[str, bytes], expected: DocumentKind
) -> None:
    """Word by a flag of its header, Excel by a record, PowerPoint by a stream."""
    assert recognise(BytesIO(compound(streams))) == expected


@pytest.mark.parametrize("shift", [9, 12])
@pytest.mark.parametrize("directory", [1, 7])
def test_the_sectors_of_a_compound_file_are_small_or_large(
    shift: int, directory: int
) -> None:
    """Since version 4 of the format they may have four kilobytes."""
    content = compound(
        {"1Table": b"", "WordDocument": _WORD + b"\0\x01"},
        shift=shift,
        directory=directory,
    )

    assert recognise(BytesIO(content)) == kinds.DOC.but(DocumentProblem.PASSWORD)


@pytest.mark.parametrize("shift", [8, 10, 13])
def test_sectors_of_another_size_are_not_believed(shift: int) -> None:
    """The format knows two."""
    content = bytearray(compound({"WordDocument": b""}))
    struct.pack_into("<H", content, 30, shift)

    assert recognise(BytesIO(content)) == UNREADABLE


def test_the_directory_of_a_long_file_is_found_by_the_list_of_its_tables() -> None:
    """From seven megabytes on, the header alone does not name them all."""
    far = _IN_HEADER * 128 + 3
    content = compound({"WordDocument": _WORD + b"\0\0"}, directory=far)

    assert recognise(BytesIO(content)) == kinds.DOC


@pytest.mark.parametrize("length", [0, 1, 66, 0xFFFF])
def test_a_name_that_is_longer_than_its_place_is_not_believed(length: int) -> None:
    """It has room for thirty-one characters and a final zero."""
    content = bytearray(compound({"WordDocument": b""}))
    struct.pack_into("<H", content, 512 * 2 + 128 + 64, length)

    assert recognise(BytesIO(content)) == UNREADABLE


@pytest.mark.parametrize(
    ("name", "expected"), [("", kinds.UNKNOWN), ("x" * 31, kinds.UNKNOWN)]
)
def test_the_shortest_and_the_longest_name_are_names(
    name: str, expected: DocumentKind
) -> None:
    """Neither is one that we know."""
    assert recognise(BytesIO(compound({name: b""}))) == expected


def test_a_sibling_behind_the_end_of_the_directory_is_not_believed() -> None:
    """The last entry that there is room for is believed."""
    content = bytearray(compound({"WordDocument": b""}))
    right = 512 * 2 + 128 + 72
    struct.pack_into("<L", content, right, 4)
    assert recognise(BytesIO(content)) == UNREADABLE

    struct.pack_into("<L", content, right, 3)
    content[512 * 2 + 128 * 3 : 512 * 3] = entry("Macros")
    assert recognise(BytesIO(content)) == kinds.DOC.but(DocumentProblem.MACROS)


def test_a_stream_on_the_left_counts_as_one_on_the_right() -> None:
    """The siblings are a tree, sorted by the length of the name."""
    content = bytearray(compound({"WordDocument": b"", "Macros": b""}))
    struct.pack_into("<2L", content, 512 * 2 + 128 + 68, 2, _FREE)

    assert recognise(BytesIO(content)) == kinds.DOC.but(DocumentProblem.MACROS)


def test_a_stream_that_is_packed_away_with_other_small_ones_is_not_looked_into() -> (
    None
):
    """Its place is one among those, and what lies in that sector is something else."""
    content = bytearray(compound({"WordDocument": _WORD + b"\0\x01"}))
    struct.pack_into("<L", content, 512 * 2 + 128 + 120, _CUTOFF - 1)

    assert recognise(BytesIO(content)) == kinds.DOC

"""Sizes and places of a zip's files beyond 32 bits (APPNOTE 4.5.3)."""

import struct
from io import BytesIO

import pytest

from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError
from letterbox.domain.documents.zips import read_directory
from tests.hostile import end, local

ELSEWHERE = 0xFFFFFFFF
NAME = b"a.txt"
BODY = b"content"
OTHER_FIELD = struct.pack("<2H4s", 0x7075, 4, b"name")


def zip_of(
    extra: bytes, *, size: int = ELSEWHERE, packed: int = ELSEWHERE, offset: int = 0
) -> BytesIO:
    """Make a zip of one file whose entry has an extra field."""
    body = local(NAME, BODY)
    head = b"PK\1\2" + struct.pack("<6H", 20, 20, 0, 0, 0, 0)
    sizes = struct.pack("<3L", 0, packed, size)
    rest = struct.pack("<5H2L", len(NAME), len(extra), 0, 0, 0, 0, offset)
    directory = head + sizes + rest + NAME + extra
    return BytesIO(body + directory + end(1, len(directory), len(body)))


def larger(*numbers: int) -> bytes:
    """Make the extra field of ZIP64."""
    return struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


@pytest.mark.parametrize("before", [b"", OTHER_FIELD, OTHER_FIELD * 3])
def test_sizes_of_64_bits_are_read_behind_whatever_other_fields(before: bytes) -> None:
    """In their order: the size, the packed size, the place."""
    file = zip_of(before + larger(99, len(BODY), 0), offset=ELSEWHERE)

    [entry] = read_directory(BoundedReader(file)).values()

    assert (entry.packed, entry.offset) == (len(BODY), 0)


def test_only_what_does_not_fit_is_in_the_field_of_64_bits() -> None:
    """What stands in the entry itself is left out there."""
    file = zip_of(larger(len(BODY)), size=99)

    [entry] = read_directory(BoundedReader(file)).values()

    assert entry.packed == len(BODY)


@pytest.mark.parametrize(
    "extra", [b"", OTHER_FIELD, larger(99), larger(99, len(BODY))[:-1]]
)
def test_a_zip_whose_sizes_are_nowhere_is_not_believed(extra: bytes) -> None:
    """Neither is one that says the wrong ones."""
    for file in (zip_of(extra), zip_of(larger(99, len(BODY) + 1))):
        with pytest.raises(NotBelievedError):
            read_directory(BoundedReader(file))

"""Which part of a document a header asks for."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.operator.downloads import ByteRange, OutOfRangeError, parse_range

BODY = bytes(range(100))


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", ByteRange(0, 1)),
        ("bytes=10-19", ByteRange(10, 20)),
        ("bytes=90-", ByteRange(90, 100)),
        ("bytes=90-1000", ByteRange(90, 100)),
        ("bytes=-10", ByteRange(90, 100)),
        ("bytes=-1000", ByteRange(0, 100)),
        (" Bytes = 1-2 ", ByteRange(1, 3)),
        (f"bytes=0-{'9' * 900}", ByteRange(0, 100)),
    ],
)
def test_a_single_range_is_parsed(header: str, part: ByteRange) -> None:
    """Both ends are included, and what goes beyond the end ends there."""
    assert parse_range(100, header) == part


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=500-4",
        "bytes=a-b",
        "bytes=1-2,4-5",
        "bytes=1 - 2",
        "items=1-2",
        "bytes=²-3",
        "bytes=+1-2",
        f"bytes=0-{'9' * 5000}",
    ],
)
def test_a_range_that_is_not_understood_is_the_whole(header: str | None) -> None:
    """RFC 9110 says so; several ranges may be answered so too."""
    assert parse_range(100, header) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end_is_out_of_range(header: str) -> None:
    """The document ends before the range begins."""
    with pytest.raises(OutOfRangeError):
        parse_range(100, header)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"])
def test_an_empty_document_has_no_range(header: str) -> None:
    """There is no first byte to name in the answer."""
    with pytest.raises(OutOfRangeError):
        parse_range(0, header)


@given(
    start=st.integers(0, 120),
    end=st.integers(0, 120),
    cuts=st.lists(st.integers(0, 100), max_size=8),
)
async def test_a_byte_range_is_cut_from_any_chunks(
    start: int, end: int, cuts: list[int]
) -> None:
    """Chunks begin and end anywhere."""
    edges = [0, *sorted(cuts), len(BODY)]

    async def chunks() -> AsyncIterator[bytes]:
        for left, right in pairwise(edges):
            yield BODY[left:right]

    got = [chunk async for chunk in ByteRange(start, end).of(chunks())]

    assert b"".join(got) == BODY[start:end]

"""What is read of one document has a limit, however many pieces it comes in."""

from io import BytesIO

import pytest

from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError

_BODY = b"0123456789"


def reader(most: int) -> BoundedReader:
    """Open ten bytes, of which so many may be read."""
    return BoundedReader(BytesIO(_BODY), most)


def test_pieces_add_up_to_the_limit_and_no_further() -> None:
    """The same bytes read again count again: a file may lead in circles."""
    file = reader(6)
    assert file.exactly(0, 4) == b"0123"
    assert file.exactly(2, 2) == b"23"

    with pytest.raises(NotBelievedError):
        file.upto(0, 1)


def test_a_piece_that_is_larger_than_what_is_left_is_not_read_at_all() -> None:
    """What was not there to read does not count."""
    file = reader(6)
    assert file.upto(8, 6) == b"89"

    with pytest.raises(NotBelievedError):
        file.upto(0, 5)
    assert file.upto(0, 4) == b"0123"


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [(9, 1, b"9"), (10, 1, b""), (11, 1, b""), (2**70, 1, b""), (0, 0, b"")],
)
def test_behind_the_end_there_is_nothing_to_read(
    offset: int, length: int, expected: bytes
) -> None:
    """No file system seeks to every place that a file can name."""
    assert reader(6).upto(offset, length) == expected


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, -1)])
def test_a_place_or_a_length_below_zero_is_not_believed(
    offset: int, length: int
) -> None:
    """Python would count it from the end, or read all that there is."""
    with pytest.raises(NotBelievedError):
        reader(6).upto(offset, length)


def test_what_has_to_be_there_and_is_cut_is_not_believed() -> None:
    """The document says that it is longer."""
    with pytest.raises(NotBelievedError):
        reader(6).exactly(8, 3)


@pytest.mark.parametrize(("length", "expected"), [(3, b"789"), (11, _BODY), (0, b"")])
def test_the_end_of_a_file_is_at_most_the_file(length: int, expected: bytes) -> None:
    """A short one has no more."""
    assert reader(20).last(length) == expected

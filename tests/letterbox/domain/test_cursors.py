"""Cursors go to whoever lists, and come back: they tell nothing, and open nothing."""

from base64 import urlsafe_b64decode

import pytest

from letterbox.domain.cursors import seal, unseal
from letterbox.domain.errors import MalformedError

_KEY = b"k" * 32
_HIDDEN = b"positions/another-hirers-reference/" + bytes(range(200))


@pytest.mark.parametrize("token", [b"", b"x", _HIDDEN])
def test_a_cursor_is_read_by_whoever_has_the_key(token: bytes) -> None:
    """By any of the keys, for they rotate."""
    assert unseal(seal(token, "holds", _KEY), "holds", [b"other", _KEY]) == token


def test_a_cursor_tells_nothing_of_what_it_leads_to() -> None:
    """It may be what this caller is not to know; two that are alike do not tell it."""
    cursor, other = seal(_HIDDEN, "holds", _KEY), seal(_HIDDEN + b"1", "holds", _KEY)
    body, other_body = (
        urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in (cursor, other)
    )

    assert b"another" not in body
    assert body[12:44] != other_body[12:44]


@pytest.mark.parametrize("spoil", [0, 11, 12, -1])
def test_a_cursor_that_was_changed_is_refused(spoil: int) -> None:
    """In its seal or in the rest; so is one of another list."""
    cursor = seal(_HIDDEN, "holds", _KEY)
    place = spoil % len(cursor)
    wrong = "B" if cursor[place] != "B" else "C"
    for changed, query in (
        (cursor[:place] + wrong + cursor[place + 1 :], "holds"),
        (cursor, "erasures"),
        ("", "holds"),
        ("ü", "holds"),
    ):
        with pytest.raises(MalformedError):
            unseal(changed, query, [_KEY])


def test_a_cursor_of_any_length_and_ending_is_read() -> None:
    """Its padding is left out in an address, and nothing of its own with it."""
    for number in range(300):
        token = str(number).encode() * (number % 4)
        assert unseal(seal(token, "holds", _KEY), "holds", [_KEY]) == token


def test_a_cursor_of_the_release_before_is_read() -> None:
    """Whoever has one goes on with it behind an update."""
    cursor = (
        "-EJRHHcKI0-MmCMe9WNbTqQWEWqxH4CD6OhjRT76o6jnhZsryxGQz_6PXoYIZSrVdFCxSDZ9RMCPS4u"
        "jJ5FIQrD67uzFYcM93VQrrqjQLeZcHiFEIA"
    )

    token = unseal(cursor, "holds", [_KEY])

    assert token == b"applications/" + bytes(range(60))

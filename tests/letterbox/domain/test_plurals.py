"""Numbers in messages."""

import pytest

from letterbox.domain.plurals import plural


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 positions"), (1, "1 position"), (2, "2 positions")]
)
def test_one_is_no_plural(number: int, words: str) -> None:
    """Zero and everything above one take the plural."""
    assert plural(number, "position") == words

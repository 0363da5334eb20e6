"""Numbers in messages."""

import pytest

from letterbox.domain.plurals import plural


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 positions"), (1, "1 position"), (2, "2 positions")]
)
def test_one_is_no_plural(number: int, words: str) -> None:
    """Everything else is."""
    assert plural(number, "position") == words

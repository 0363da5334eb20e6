"""What a model says is wrong is told in plain words."""

import pytest

from letterbox.domain.patterns import message_of

_MISMATCH = "string_pattern_mismatch"


@pytest.mark.parametrize(
    ("kind", "message", "context", "told"),
    [
        (_MISMATCH, "String should match", {"pattern": r"\S"}, "must not be blank"),
        (_MISMATCH, "String should match", {"pattern": "^x$"}, "not allowed here"),
        (_MISMATCH, "String should match", {}, "not allowed here"),
        (_MISMATCH, "String should match", None, "String should match"),
        ("missing", "Field required", {"pattern": r"\S"}, "Field required"),
        ("value_error", "Value error, must be a URL", {}, "must be a URL"),
    ],
)
def test_no_regular_expression_and_no_word_of_the_library_is_shown(
    kind: str, message: str, context: object, told: str
) -> None:
    """A pattern of which nothing is known is not shown either."""
    shown = message_of(kind, message, context)

    assert shown.endswith(told)
    assert "^" not in shown
    assert not shown.startswith("Value error")

"""Positions that a feed no longer names, and what a board has announced."""

from datetime import UTC, datetime

import pytest

from letterbox.domain.errors import NotFoundError
from letterbox.domain.positions import Position, PositionStatus

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_position_that_a_whole_feed_lacks_is_removed_since_then() -> None:
    """By name, it was never absent."""
    position = Position(reference="R-1", title="Baker")

    absent = position.absent(NOW)

    assert (absent.status, absent.absent_since) == (PositionStatus.REMOVED, NOW)
    assert absent.removed().absent_since is None
    assert absent.title == "Baker"


@pytest.mark.parametrize("may_come", [True, False])
def test_an_error_says_whether_what_is_missing_may_come(*, may_come: bool) -> None:
    """A board has announced it, or nobody has."""
    assert NotFoundError("no such application", may_come=may_come).may_come is may_come
    assert NotFoundError("no such application").may_come is False

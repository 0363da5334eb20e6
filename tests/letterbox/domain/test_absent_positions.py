"""Positions that a feed no longer names, and what a board has announced."""

from datetime import UTC, datetime, timedelta

import pytest

from letterbox.domain.errors import BoardUnavailableError, NotFoundError
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


def test_a_position_that_is_closed_is_not_absent_any_more() -> None:
    """Whoever closes it knows of it."""
    absent = Position(reference="R-1", title="Baker").absent(NOW)

    assert absent.closed(NOW).absent_since is None


def test_an_error_of_a_board_that_is_away_says_when_to_come_again() -> None:
    """As the board told it, or not at all."""
    later = timedelta(seconds=7)

    assert BoardUnavailableError("away", retry_after=later).retry_after == later
    assert BoardUnavailableError("away").retry_after is None

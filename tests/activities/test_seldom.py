"""A line a day for what goes on being wrong."""

from activities.seldom import Seldom

DAY = 24 * 60 * 60.0


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds that were set."""
        return self.now


def test_a_thing_is_told_again_after_a_day_and_not_before() -> None:
    """Each thing has a day of its own."""
    clock = Clock()
    seldom = Seldom(clock)

    assert seldom.is_time("a")
    assert not seldom.is_time("a")
    assert seldom.is_time("b")
    clock.now = DAY - 1
    assert not seldom.is_time("a")
    clock.now = DAY
    assert seldom.is_time("a")
    assert not seldom.is_time("a")


def test_of_more_things_than_are_remembered_the_oldest_is_forgotten_first() -> None:
    """Ten thousand are remembered; what was told again counts as new."""
    clock = Clock()
    seldom = Seldom(clock)
    seldom.is_time("first")
    for number in range(9_999):
        seldom.is_time(str(number))

    assert not seldom.is_time("first")
    clock.now = DAY
    assert seldom.is_time("first")
    assert seldom.is_time("one more")
    clock.now = DAY + 1
    assert not seldom.is_time("first")
    assert not seldom.is_time("one more")
    assert seldom.is_time("0")

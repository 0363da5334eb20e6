"""How long to leave alone what refuses for now."""

from datetime import timedelta

_FIRST = timedelta(hours=1)
_YOUNG = timedelta(minutes=10)
_FIRST_WHILE_YOUNG = timedelta(seconds=5)
_MAX_LENGTH = timedelta(days=7)
_SCAN_FIRST = timedelta(minutes=5)
_SCAN_LONGEST = timedelta(hours=6)


def is_young(age: timedelta | None) -> bool:
    """Tell whether a board may not show yet what it told of so long ago."""
    return age is not None and age < _YOUNG


def until_asked_again(asked_in_vain: int, age: timedelta | None = None) -> timedelta:
    """
    Double the pause with every refusal, from an hour to a week.

    ``age`` is that of the board's news when it was asked, where the board shows nothing
    yet: it may tell of an application moments before it can show it, so while that is
    young, the pause begins with seconds. What was asked meanwhile does not count later.
    """
    doublings = min(max(asked_in_vain - 1, 0), 10)
    if is_young(age):
        return min(_FIRST_WHILE_YOUNG * (1 << doublings), _YOUNG)
    return min(_FIRST * (1 << doublings), _MAX_LENGTH)


def until_scanned_again(scanned_in_vain: int) -> timedelta:
    """Double the pause while the scanner is away, from five minutes to six hours."""
    doublings = min(max(scanned_in_vain - 1, 0), 10)
    return min(_SCAN_FIRST * (1 << doublings), _SCAN_LONGEST)

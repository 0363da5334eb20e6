"""How long to leave a board alone that refuses for now."""

from datetime import timedelta

_FIRST = timedelta(hours=1)
_LONGEST = timedelta(days=7)


def until_asked_again(asked_in_vain: int) -> timedelta:
    """Double the pause with every refusal, from an hour to a week."""
    doublings = min(max(asked_in_vain - 1, 0), 10)
    return min(_FIRST * (1 << doublings), _LONGEST)

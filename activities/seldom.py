"""Logs of what goes on being wrong: a line a day each."""

import time
from collections import OrderedDict
from collections.abc import Callable

_DAY = 24 * 60 * 60.0
_REMEMBERED = 10_000


class Seldom:
    """
    Remembers for a day what this process has logged.

    Of more things than it remembers, the oldest may be logged again sooner.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._logged: OrderedDict[str, float] = OrderedDict()

    def is_time(self, what: str) -> bool:
        """Return whether it was not logged within a day; from now on it is."""
        now = self._clock()
        last = self._logged.get(what)
        if last is not None and now - last < _DAY:
            return False
        self._logged[what] = now
        self._logged.move_to_end(what)
        if len(self._logged) > _REMEMBERED:
            self._logged.popitem(last=False)
        return True

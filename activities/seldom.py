"""Logs of what goes on being wrong: a line a day each."""

import time
from collections import OrderedDict
from collections.abc import Callable

_DAY = 24 * 60 * 60.0
_REMEMBERED = 10_000


class Seldom:
    """
    Remembers for a day what was told, in this process.

    Of more things than it remembers, the oldest may be told again sooner.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: OrderedDict[str, float] = OrderedDict()

    def is_time(self, what: str) -> bool:
        """Tell whether it was not told today; from now on it is."""
        now = self._clock()
        last = self._told.get(what)
        if last is not None and now - last < _DAY:
            return False
        self._told[what] = now
        self._told.move_to_end(what)
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True

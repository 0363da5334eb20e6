"""What comes again for an application that boards have posted before."""

from collections import OrderedDict
from enum import StrEnum
from threading import Lock
from typing import Protocol

from letterbox.domain.submission import Submission

_MAX_REMEMBERED = 10_000


class Repeat(StrEnum):
    """What a submission is to those that the store has."""

    NEW = "new"
    KEPT = "kept"
    """This very submission is there already."""
    SURPLUS = "surplus"
    """As many differing ones came as are kept: its sender must not forget it."""
    ENDED = "ended"
    """The application was archived, erased or discarded: nothing more is kept."""


class Repeats(Protocol):
    """Whether submissions of an application are new."""

    def judge(self, submission: Submission) -> Repeat:
        """Compare a submission with those that the store has."""


class RecentApplications:
    """
    Remembers the latest applications of this process, so that few are looked up.

    Threads may share it. What another process has taken in is new to this one: then
    a repeat costs a write, which is harmless.
    """

    def __init__(self, most: int = _MAX_REMEMBERED) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def before(self, application_id: str) -> bool:
        """Return whether an application was seen."""
        with self._lock:
            return application_id in self._ids

    def add(self, application_id: str) -> None:
        """Remember that an application was taken in."""
        with self._lock:
            self._ids[application_id] = None
            self._ids.move_to_end(application_id)
            if len(self._ids) > self._most:
                self._ids.popitem(last=False)

"""The next thing that an application waits for. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import Flag
    from letterbox.domain.status import Status


_FIRST = timedelta(hours=1)
_YOUNG = timedelta(minutes=10)
_FIRST_WHILE_YOUNG = timedelta(seconds=5)
_MAX_LENGTH = timedelta(days=7)
_FIRST_SCAN_PAUSE = timedelta(minutes=5)
_MAX_SCAN_PAUSE = timedelta(hours=6)


def is_young(age: timedelta | None) -> bool:
    """Return whether a board may not show yet what it announced so long ago."""
    return age is not None and age < _YOUNG


def until_asked_again(failed_attempts: int, age: timedelta | None = None) -> timedelta:
    """
    Double the pause with every refusal, from an hour to a week.

    ``age`` is that of the board's news when it was asked, where the board shows nothing
    yet: it may tell of an application moments before it can show it, so while that is
    young, the pause begins with seconds. What was asked meanwhile does not count later.
    """
    if is_young(age):
        return _doubled(_FIRST_WHILE_YOUNG, _YOUNG, failed_attempts)
    return _doubled(_FIRST, _MAX_LENGTH, failed_attempts)


def until_scanned_again(failed_attempts: int) -> timedelta:
    """Double the pause while the scanner is away, from five minutes to six hours."""
    return _doubled(_FIRST_SCAN_PAUSE, _MAX_SCAN_PAUSE, failed_attempts)


def _doubled(first: timedelta, longest: timedelta, failed_attempts: int) -> timedelta:
    doublings = min(max(failed_attempts - 1, 0), 10)
    return min(first * (1 << doublings), longest)


class Why(Enum):
    """Why the workflow wakes; the Temporal UI shows the value."""

    ARCHIVE = "until archiving is due"
    ASK_AGAIN = "until the board is asked again"
    SCAN_AGAIN = "until the documents are scanned again"
    HOLD_ENDS = "until the hold ends"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The next thing to do, and in what time; zero or less is at once."""

    why: Why
    left: timedelta


@dataclass(frozen=True, slots=True)
class Attempts:
    """
    When something was last tried, and how often it has failed until then.

    ``age`` is that of the board's news at that time, where the board shows nothing yet.
    """

    last: datetime
    failed_attempts: int = 0
    age: timedelta | None = None

    def another(
        self, now: datetime, *, failed: bool, news_at: datetime | None = None
    ) -> "Attempts":
        """Count one more; success forgets the failures, and so does growing old."""
        age = None if news_at is None else now - news_at
        has_aged = is_young(self.age) and not is_young(age)
        before = 0 if has_aged else self.failed_attempts
        return Attempts(now, before + 1 if failed else 0, age)


def next_alarm(
    status: Status, now: datetime, *, asking: Attempts, scanning: Attempts
) -> Alarm:
    """Return what comes first; archiving wins where it is due."""
    due = status.archive_by or now
    alarms = [Alarm(Why.ARCHIVE, due - now)]
    if Flag.UNAVAILABLE in status.flags:
        again = asking.last + until_asked_again(asking.failed_attempts, asking.age)
        alarms.append(Alarm(Why.ASK_AGAIN, again - now))
    if status.unscanned:
        again = scanning.last + until_scanned_again(scanning.failed_attempts)
        alarms.append(Alarm(Why.SCAN_AGAIN, again - now))
    if Flag.HELD in status.flags and status.held_until:
        alarms.append(Alarm(Why.HOLD_ENDS, status.held_until - now))
    if alarms[0].left <= timedelta(0):
        return alarms[0]
    return min(alarms, key=lambda alarm: alarm.left)

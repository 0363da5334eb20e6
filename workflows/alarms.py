"""What an application waits for next. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from temporalio import workflow

from workflows.status import Status

with workflow.unsafe.imports_passed_through():
    from domain.application import Flag
    from domain.patience import until_asked_again, until_scanned_again


class Why(Enum):
    """Why the workflow wakes; the value says so in the Temporal UI."""

    ARCHIVE = "until archiving is due"
    ASK_AGAIN = "until the board is asked again"
    SCAN_AGAIN = "until the documents are scanned again"
    HOLD_ENDS = "until the hold ends"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The next thing to do, and in what time; zero or less is at once."""

    why: Why
    left: timedelta


def next_alarm(
    status: Status, now: datetime, *, asked_in_vain: int, scanned_in_vain: int
) -> Alarm:
    """Tell what comes first; archiving wins where it is due."""
    due = status.archive_by or now
    alarms = [Alarm(Why.ARCHIVE, due - now)]
    if Flag.UNAVAILABLE in status.flags:
        alarms.append(Alarm(Why.ASK_AGAIN, until_asked_again(asked_in_vain)))
    if status.unscanned:
        alarms.append(Alarm(Why.SCAN_AGAIN, until_scanned_again(scanned_in_vain)))
    if Flag.HELD in status.flags and status.held_until:
        alarms.append(Alarm(Why.HOLD_ENDS, status.held_until - now))
    if alarms[0].left <= timedelta(0):
        return alarms[0]
    return min(alarms, key=lambda alarm: alarm.left)

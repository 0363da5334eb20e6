"""What is wrong right now, by the gauges: the first of what deploy/ alerts on. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import isnan

from letterbox.domain.plurals import plural

ReadGauge = Callable[[str, dict[str, str]], float | None]
"""The value of a gauge; None where there is none."""

_UNREAD = timedelta(minutes=3).total_seconds()
_WAITING = timedelta(minutes=15).total_seconds()
_AUDITED = timedelta(days=3).total_seconds()
_DEEP = 1000
_LATE = 3


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that is wrong, and what to do about it."""

    words: str
    do: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a schedule last did its work; None is never, so far as is known."""

    name: str
    last_success: float | None
    every: float | None
    is_paused: bool

    def is_late(self, now: float) -> bool:
        """Return whether three of its runs have come to nothing."""
        if self.every is None or not self.last_success or self.is_paused:
            return False
        return now - self.last_success > _LATE * self.every + _UNREAD


def alerts(read: ReadGauge, schedules: list[Schedule], now: float) -> list[Alert]:
    """Return what is wrong, the worst first."""
    return [
        *_of_sources(read, now),
        *_of_applications(read),
        *_of_schedules(schedules, now),
        *_of_audit(read, now),
    ]


def _of_sources(read: ReadGauge, now: float) -> Iterator[Alert]:
    for source, name in (("the store", "inbox"), ("Temporal", "temporal")):
        at = known(read(f"letterbox_{name}_read_timestamp_seconds", {}))
        if at is not None and now - at > _UNREAD:
            yield Alert(f"{source} does not answer", "see `letterbox doctor`")


def _of_applications(read: ReadGauge) -> Iterator[Alert]:
    oldest = known(read("letterbox_inbox_oldest_seconds", {})) or 0
    depth = known(read("letterbox_inbox_depth", {})) or 0
    if oldest > _WAITING or depth > _DEEP:
        words = f"{plural(int(depth), 'application')} in the inbox, not taken over"
        yield Alert(words, "are Temporal and a worker running?")
    for gauge, words, do in _COUNTS:
        if count := known(read(gauge, {})):
            yield Alert(f"{plural(int(count), 'application')} {words}", do)
    if known(read("letterbox_delivery_disabled", {})):
        words = "deliveries are off: the ATS has answered 410"
        yield Alert(words, "`letterbox deliver --enable`")


def _of_schedules(schedules: list[Schedule], now: float) -> Iterator[Alert]:
    for schedule in schedules:
        if schedule.is_paused:
            yield Alert(f"{schedule.name} is paused", "unpause it in the Temporal UI")
        elif schedule.is_late(now):
            yield Alert(f"{schedule.name} has not succeeded lately", "see its last run")


def _of_audit(read: ReadGauge, now: float) -> Iterator[Alert]:
    if known(read("letterbox_audit_fine", {})) == 0:
        yield Alert("the last audit found something wrong", "see the audit")
    ran = known(read("letterbox_audit_last_run_timestamp_seconds", {}))
    if ran and now - ran > _AUDITED:
        yield Alert("no audit has run for three days", "`letterbox audit`")


_COUNTS = (
    (
        "letterbox_archives_overdue",
        "should have been archived",
        "see those that are flagged overdue",
    ),
    (
        "letterbox_applications_unrecorded",
        "not recorded after two days",
        "see the log of the workers",
    ),
    (
        "letterbox_applications_unavailable",
        "that a board does not show at the moment",
        "they are asked for again by themselves",
    ),
)


def schedules_of(read: ReadGauge, names: list[str]) -> list[Schedule]:
    """Return the schedules that there are."""
    found = []
    for name in names:
        about = {"schedule": name}
        paused = known(read("letterbox_schedule_paused", about))
        if paused is None:
            continue
        success = read("letterbox_schedule_last_success_timestamp_seconds", about)
        every = read("letterbox_schedule_interval_seconds", about)
        found.append(Schedule(name, known(success) or None, known(every), paused > 0))
    return found


def known(value: float | None) -> float | None:
    """Return a gauge's value; None where it was never read."""
    return None if value is None or isnan(value) else value

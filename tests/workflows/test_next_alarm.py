"""Which of several alarms rings first, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from letterbox.domain.application import Flag, Stage
from letterbox.domain.status import Status
from workflows.alarms import (
    Alarm,
    Attempts,
    Why,
    is_young,
    next_alarm,
    until_scanned_again,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEVER = Attempts(NOW)


def status(*flags: Flag, **others: object) -> Status:
    """Make the status of an application whose archive is due in ten days."""
    due = NOW + timedelta(days=10)
    fields = {"stage": Stage.MATCHED, "flags": flags, "archive_by": due, **others}
    return Status.model_validate(fields)


def test_the_archive_date_is_what_an_undisturbed_application_waits_for() -> None:
    """Where nothing else is to be done before."""
    alarm = next_alarm(status(), NOW, asking=NEVER, scanning=NEVER)

    assert alarm == Alarm(Why.ARCHIVE, timedelta(days=10))


def test_a_hold_with_an_end_wakes_the_application_at_that_end() -> None:
    """One without an end wakes nobody."""
    until = status(Flag.HELD, held_until=NOW + HOUR)
    for_good = status(Flag.HELD)
    released = status(held_until=NOW + HOUR)

    assert next_alarm(until, NOW, asking=NEVER, scanning=NEVER) == Alarm(
        Why.HOLD_ENDS, HOUR
    )
    for one in (for_good, released):
        alarm = next_alarm(one, NOW, asking=NEVER, scanning=NEVER)
        assert alarm.why is Why.ARCHIVE


def test_a_scan_that_failed_is_tried_again_after_five_minutes() -> None:
    """Counted from the last try."""
    tried = Attempts(NOW - timedelta(minutes=2), failed_attempts=1)
    unscanned = status(Flag.UNSCANNED, unscanned=("cv.pdf",))

    alarm = next_alarm(unscanned, NOW, asking=NEVER, scanning=tried)

    assert alarm == Alarm(Why.SCAN_AGAIN, timedelta(minutes=3))


def test_what_is_due_to_be_archived_is_archived_before_anything_else() -> None:
    """Even where something else has been due for longer."""
    both = status(Flag.UNAVAILABLE, archive_by=NOW)
    tried = Attempts(NOW - timedelta(days=3))

    assert next_alarm(both, NOW, asking=tried, scanning=NEVER) == Alarm(
        Why.ARCHIVE, timedelta(0)
    )


def test_what_has_no_archive_date_is_due_now() -> None:
    """Such as an application whose record is lost."""
    undated = status(archive_by=None)

    assert next_alarm(undated, NOW, asking=NEVER, scanning=NEVER) == Alarm(
        Why.ARCHIVE, timedelta(0)
    )


def test_the_pauses_of_the_scanner_double_from_five_minutes_to_six_hours() -> None:
    """However often it was away."""
    minutes = [until_scanned_again(count) // timedelta(minutes=1) for count in range(9)]

    assert minutes == [5, 5, 10, 20, 40, 80, 160, 320, 360]
    assert until_scanned_again(10_000) == timedelta(hours=6)


def test_what_comes_before_the_archive_is_done_before_it() -> None:
    """Until the very moment at which that is due."""
    soon = status(Flag.UNAVAILABLE, archive_by=NOW + timedelta(microseconds=1))
    tried = Attempts(NOW - timedelta(days=3))

    alarm = next_alarm(soon, NOW, asking=tried, scanning=NEVER)

    assert alarm == Alarm(Why.ASK_AGAIN, HOUR - timedelta(days=3))


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (None, False),
        (timedelta(0), True),
        (timedelta(minutes=10) - timedelta(microseconds=1), True),
        (timedelta(minutes=10), False),
    ],
)
def test_news_is_young_for_ten_minutes(
    age: timedelta | None, *, expected: bool
) -> None:
    """Of what a board has given no news there is nothing to be young."""
    assert is_young(age) is expected

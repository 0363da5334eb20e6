"""What an application waits for next, by the clock."""

from datetime import UTC, datetime, timedelta

from letterbox.domain.application import Flag, Stage
from letterbox.domain.status import Status
from workflows.alarms import Alarm, Tries, Why, next_alarm

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOTH_AWAY = Status(
    stage=Stage.MATCHED,
    flags=(Flag.UNAVAILABLE, Flag.UNSCANNED),
    unscanned=("cv.pdf",),
    archive_by=NOW + timedelta(days=100),
)


def test_a_scanner_that_stays_away_does_not_keep_the_board_from_being_asked() -> None:
    """Scanned an hour ago, asked eight hours ago: the board's turn has come first."""
    asked = Tries(NOW - 8 * HOUR, failed_attempts=4)
    scanned = Tries(NOW - HOUR, failed_attempts=20)

    alarm = next_alarm(BOTH_AWAY, NOW, asked=asked, scanned=scanned)

    assert alarm == Alarm(Why.ASK_AGAIN, timedelta(0))


def test_news_does_not_begin_a_pause_anew() -> None:
    """What is left of it counts from the last try, whenever one looks."""
    asked = Tries(NOW - 5 * HOUR, failed_attempts=4)
    scanned = Tries(NOW, failed_attempts=20)

    alarm = next_alarm(BOTH_AWAY, NOW, asked=asked, scanned=scanned)

    assert alarm == Alarm(Why.ASK_AGAIN, 3 * HOUR)


def test_success_forgets_what_was_in_vain() -> None:
    """The next failure begins with the shortest pause."""
    tries = Tries(NOW - HOUR, failed_attempts=3)

    assert tries.another(NOW, failed_attempts=True) == Tries(NOW, 4)
    assert tries.another(NOW, failed_attempts=False) == Tries(NOW)

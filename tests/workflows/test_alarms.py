"""What an application waits for next, by the clock."""

from datetime import UTC, datetime, timedelta

from letterbox.domain.application import Flag, Stage
from letterbox.domain.status import Status
from workflows.alarms import Alarm, Attempts, Why, next_alarm

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOTH_AWAY = Status(
    stage=Stage.MATCHED,
    flags=(Flag.UNAVAILABLE, Flag.UNSCANNED),
    unscanned=("cv.pdf",),
    archive_by=NOW + timedelta(days=100),
)

AWAY = BOTH_AWAY.model_copy(update={"unscanned": ()})


def test_a_scanner_that_stays_away_does_not_keep_the_board_from_being_asked() -> None:
    """Scanned an hour ago, asked eight hours ago: the board's turn has come first."""
    asked = Attempts(NOW - 8 * HOUR, failed_attempts=4)
    scanned = Attempts(NOW - HOUR, failed_attempts=20)

    alarm = next_alarm(BOTH_AWAY, NOW, asking=asked, scanning=scanned)

    assert alarm == Alarm(Why.ASK_AGAIN, timedelta(0))


def test_news_does_not_begin_a_pause_anew() -> None:
    """What is left of it counts from the last try, whenever one looks."""
    asked = Attempts(NOW - 5 * HOUR, failed_attempts=4)
    scanned = Attempts(NOW, failed_attempts=20)

    alarm = next_alarm(BOTH_AWAY, NOW, asking=asked, scanning=scanned)

    assert alarm == Alarm(Why.ASK_AGAIN, 3 * HOUR)


def test_success_forgets_what_was_in_vain() -> None:
    """The next failure begins with the shortest pause."""
    tries = Attempts(NOW - HOUR, failed_attempts=3)

    assert tries.another(NOW, failed=True) == Attempts(NOW, 4)
    assert tries.another(NOW, failed=False) == Attempts(NOW)


def test_what_was_asked_while_the_news_was_young_does_not_lengthen_the_pauses() -> None:
    """By the second for ten minutes, then after an hour, two, four."""
    now = NOW
    pauses: list[timedelta] = []
    asked = Attempts(NOW).another(now, failed=True, news_at=NOW)
    while len(pauses) < 10:
        pause = next_alarm(AWAY, now, asking=asked, scanning=Attempts(now)).left
        pauses.append(pause)
        now += pause
        asked = asked.another(now, failed=True, news_at=NOW)

    seconds = [timedelta(seconds=5 * 2**doublings) for doublings in range(7)]
    assert pauses == [*seconds, HOUR, 2 * HOUR, 4 * HOUR]


def test_news_that_grows_old_while_one_waits_does_not_change_the_pause() -> None:
    """Its age counts as of when the board was asked."""
    then = NOW + timedelta(minutes=9)
    asked = Attempts(then, failed_attempts=6).another(then, failed=True, news_at=NOW)

    alarm = next_alarm(AWAY, then + timedelta(minutes=2), asking=asked, scanning=asked)

    assert alarm == Alarm(Why.ASK_AGAIN, timedelta(minutes=3, seconds=20))


def test_of_news_that_is_old_when_it_is_taken_up_the_board_is_asked_after_an_hour() -> (
    None
):
    """It had lain in the inbox: what SEEK does not show by then, it shows to nobody."""
    asked = Attempts(NOW).another(NOW, failed=True, news_at=NOW - HOUR)

    alarm = next_alarm(AWAY, NOW, asking=asked, scanning=asked)

    assert alarm == Alarm(Why.ASK_AGAIN, HOUR)

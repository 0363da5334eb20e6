"""A 410 is believed after an hour of nothing else, to several tries."""

from datetime import timedelta

import pytest

from letterbox.domain.gone import GoneAnswers
from tests.record_factory import NOON


@pytest.mark.parametrize(
    ("minutes", "are_meant"),
    [
        ([0], False),
        ([0] * 50, False),
        ([0, 60], False),
        ([0, 1, 2, 4, 8, 16, 32, 59], False),
        ([0, 1, 2, 4, 60], True),
        ([0, 1, 2, 4, 8, 16, 32, 64], True),
        ([0, 1440], False),
    ],
)
def test_gone_is_believed_after_an_hour_and_five_answers(
    minutes: list[int], *, are_meant: bool
) -> None:
    """A burst says no more than one answer; two answers may be two deploys."""
    gone = GoneAnswers()
    for minute in minutes:
        now = NOON + timedelta(minutes=minute)
        gone.add(now)

    assert gone.are_meant(now) is are_meant


def test_another_answer_than_410_begins_the_hour_anew() -> None:
    """The ATS is there: what it said before was of a moment."""
    gone = GoneAnswers()
    for minute in range(60):
        gone.add(NOON + timedelta(minutes=minute))
    gone.reset()
    later = NOON + timedelta(minutes=61)
    gone.add(later)

    assert not gone.are_meant(later)


def test_an_ats_that_has_not_answered_is_not_gone() -> None:
    """Before the first delivery there is no answer to count."""
    assert not GoneAnswers(min_time=timedelta(0), fewest=0).are_meant(NOON)

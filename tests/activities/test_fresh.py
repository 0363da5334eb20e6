"""What of an application's inbox is taken over next."""

from datetime import timedelta

import pytest

from activities.sources import Fresh, Inbox
from letterbox.boards import discover
from letterbox.domain.application import Application, View
from letterbox.domain.submission import MAX_DELIVERIES, Submission
from letterbox.records.applications import StoredApplications
from tests.activities.noticed import notice
from tests.activities.steps import ID
from tests.factories import careerjet
from tests.record_factory import NOON, record

HOUR = timedelta(hours=1)


@pytest.fixture(name="inbox")
def _inbox(applications: StoredApplications) -> Inbox:
    return Inbox(applications, discover())


def waiting(applications: StoredApplications, turn: int) -> Submission:
    """Have a submission lie in the inbox; one of a later turn came later."""
    submission, contents = careerjet(
        "1",
        lastname=f"Example-{turn}",
        cv=b"%%PDF-1.4 of %d" % turn,
        received_at=NOON + turn * HOUR,
    )
    applications.accept(submission, contents)
    return submission


def with_views(number: int, *submissions: Submission) -> Application:
    """Have a record of views, the first of which are these submissions'."""
    fingerprints = [one.fingerprint for one in submissions]
    fingerprints += [f"f{turn}" for turn in range(number - len(fingerprints))]
    views = tuple(
        View(number=turn, fingerprint=one, received_at=NOON)
        for turn, one in enumerate(fingerprints, start=1)
    )
    return record(ID).model_copy(update={"views": views})


def test_submissions_are_taken_over_one_at_a_time_the_earliest_first(
    applications: StoredApplications, inbox: Inbox
) -> None:
    """Whoever takes one over is told whether another one waits."""
    assert inbox.next(ID, None) == Fresh(None, more=False)

    second, first = waiting(applications, 2), waiting(applications, 1)
    assert inbox.next(ID, None) == Fresh(first, more=True)

    applications.clear(first)
    assert inbox.next(ID, with_views(1, first)) == Fresh(second, more=False)


def test_what_the_record_has_is_taken_out_of_the_inbox(
    applications: StoredApplications, inbox: Inbox
) -> None:
    """A look alone changes nothing."""
    first, second = waiting(applications, 1), waiting(applications, 2)
    before = with_views(1, first)

    assert inbox.peek(ID, before) == second
    assert list(applications.submissions(ID)) == [first, second]
    assert inbox.next(ID, before) == Fresh(second)
    assert list(applications.submissions(ID)) == [second]
    assert inbox.peek(ID, with_views(2, first, second)) is None


def test_what_differs_is_taken_over_however_many_there_are(
    applications: StoredApplications, inbox: Inbox
) -> None:
    """It was accepted; the API alone may refuse an eleventh."""
    first, second = waiting(applications, 1), waiting(applications, 2)
    before = with_views(MAX_DELIVERIES)

    assert inbox.next(ID, before) == Fresh(first, more=True)
    assert list(applications.submissions(ID)) == [first, second]


@pytest.mark.parametrize(
    ("later", "is_repeat"), [(-HOUR, True), (timedelta(0), True), (HOUR, False)]
)
def test_a_notice_that_comes_after_the_last_view_is_a_reason_to_ask_again(
    inbox: Inbox, later: timedelta, *, is_repeat: bool
) -> None:
    """The board may show more by now; one that is older says nothing new."""
    announced = notice().model_copy(update={"received_at": NOON + later})

    assert inbox.is_repeat(announced, with_views(1, announced)) is is_repeat
    assert not inbox.is_repeat(announced, with_views(1))
    assert not inbox.is_repeat(announced, None)

"""What of an application's inbox is taken over next, and what is dropped."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from activities.sources import Fresh, Inbox
from letterbox.boards import discover
from letterbox.domain import keys
from letterbox.domain.application import Application, View
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import MAX_DELIVERIES, Submission
from letterbox.records.applications import StoredApplications
from tests.activities.noticed import notice
from tests.activities.steps import ID
from tests.factories import careerjet
from tests.older_inbox import AcceptsAsBefore
from tests.record_factory import NOON, attachment, record

HOUR = timedelta(hours=1)


@pytest.fixture(name="inbox")
def _inbox(applications: StoredApplications) -> Inbox:
    return Inbox(applications, discover())


def waiting(
    applications: StoredApplications, turn: int, cv: bytes | None = None
) -> Submission:
    """Have a submission lie in the inbox; one of a later turn came later."""
    submission, contents = careerjet(
        "1",
        lastname=f"Example-{turn}",
        cv=cv or b"%%PDF-1.4 of %d" % turn,
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


def documents(store: ObjectStore) -> set[str]:
    """List the documents of the application."""
    folder = keys.document(ID, "")
    return {found.key.removeprefix(folder) for found in store.list(folder)}


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


@pytest.mark.parametrize("views", [MAX_DELIVERIES - 1, MAX_DELIVERIES])
def test_a_tenth_submission_that_differs_is_kept_and_an_eleventh_dropped(
    applications: StoredApplications, inbox: Inbox, views: int
) -> None:
    """Whoever goes on differing is no board."""
    submission = waiting(applications, 1)

    with capture_logs() as logs:
        fresh = inbox.next(ID, with_views(views))

    if views < MAX_DELIVERIES:
        assert fresh == Fresh(submission)
        assert list(applications.submissions(ID)) == [submission]
        assert not logs
    else:
        assert fresh == Fresh(None)
        assert list(applications.submissions(ID)) == []
        assert [one["application"] for one in logs] == [ID]


def test_what_waits_counts_as_what_was_taken_over(
    applications: StoredApplications, inbox: Inbox
) -> None:
    """Of three that wait where there is room for two, the last one is dropped."""
    first, second, _ = (waiting(applications, turn) for turn in range(3))

    fresh = inbox.next(ID, with_views(MAX_DELIVERIES - 2))

    assert fresh == Fresh(first, more=True)
    assert list(applications.submissions(ID)) == [first, second]


def test_a_notice_is_never_one_too_many(
    applications: StoredApplications, inbox: Inbox
) -> None:
    """A board that gives notice is asked: what it shows is its own."""
    announced = notice()
    applications.accept(announced, {})
    application_id = announced.application_id

    fresh = inbox.next(application_id, with_views(MAX_DELIVERIES))

    assert fresh == Fresh(announced)


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


def test_what_is_dropped_takes_with_it_the_documents_that_nobody_else_has(
    store: ObjectStore,
) -> None:
    """Neither those of the record, nor of a view, nor of one that waits."""
    applications = AcceptsAsBefore(store)
    inbox = Inbox(applications, discover())
    cvs = [b"%%PDF-1.4 of %d" % number for number in range(4)]
    viewed = waiting(applications, 0, cvs[0])
    applications.save_view(viewed, 1)
    applications.clear(viewed)
    spared = waiting(applications, 1, cvs[1])
    for turn, cv in enumerate(cvs, start=2):
        waiting(applications, turn, cv)
    names = [waiting(applications, 9, cv).documents[0].name for cv in cvs]
    before = with_views(MAX_DELIVERIES - 1, viewed)
    before = before.model_copy(
        update={
            "views": before.views[:1] * (MAX_DELIVERIES - 1),
            "attachments": (attachment(names[2]), attachment(None)),
        }
    )

    assert inbox.next(ID, before).submission == spared

    kept = {one.name for one in (*viewed.documents, *spared.documents)}
    assert documents(store) == kept | {names[2]}


def test_where_a_view_is_lost_no_document_is_removed(store: ObjectStore) -> None:
    """It may have been that view's: one too many is better than one too few."""
    applications = AcceptsAsBefore(store)
    inbox = Inbox(applications, discover())
    waiting(applications, 1)
    kept = documents(store)

    assert inbox.next(ID, with_views(MAX_DELIVERIES)) == Fresh(None)

    assert list(applications.submissions(ID)) == []
    assert documents(store) == kept


def test_what_is_dropped_is_counted_by_its_board(
    applications: StoredApplications, inbox: Inbox
) -> None:
    """A flood is seen before the disk is full."""
    waiting(applications, 1)
    waiting(applications, 2)
    environment = ActivityEnvironment()
    buffer = MetricBuffer(100)
    runtime = Runtime(telemetry=TelemetryConfig(metrics=buffer))
    environment.metric_meter = runtime.metric_meter

    environment.run(inbox.next, ID, with_views(MAX_DELIVERIES))

    assert [
        (update.metric.name, update.value, update.attributes["board"])
        for update in buffer.retrieve_updates()
    ] == [("letterbox_deliveries_dropped", 1, "careerjet")] * 2


def test_before_there_is_a_record_no_more_than_ten_wait(
    applications: StoredApplications, inbox: Inbox
) -> None:
    """Whoever sends faster than we take over fills no disk either."""
    first, *_ = [waiting(applications, turn) for turn in range(MAX_DELIVERIES + 1)]

    assert inbox.next(ID, None) == Fresh(first, more=True)
    assert len(list(applications.submissions(ID))) == MAX_DELIVERIES

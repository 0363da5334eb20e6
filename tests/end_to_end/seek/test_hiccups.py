"""What passes at SEEK: asked again, as late as SEEK wants, and nothing is lost."""

from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.application import Application as Record
from letterbox.domain.application import Stage
from seek_sandbox.faults import (
    Fault,
    Partial,
    RateLimit,
    ServerError,
    Slow,
    Unauthenticated,
)
from tests.end_to_end.seek.histories import tries, waited
from tests.end_to_end.seek.seek_stack import Desk, of

_AN_HOUR = timedelta(hours=1)
ALL = ("token", "candidateProfile", "attachment")


async def fetched(
    desk: Desk, skipping: WorkflowEnvironment, fault: Fault
) -> tuple[Record, dict[str, int]]:
    """Have somebody apply in spite of a fault; tell how often SEEK was asked what."""
    await desk.control.fault(fault)
    emitted = await desk.apply(attachments=["Resume", None], questionnaire=True)
    # Before, there is nothing that time could be skipped for.
    await desk.until_asked()
    await skipping.sleep(timedelta(hours=3))
    record = await desk.recorded(emitted)
    counts = (await desk.control.calls()).counts
    return record, {operation: counts.get(operation, 0) for operation in ALL}


def assert_whole(record: Record) -> None:
    """Nothing is missing, and nobody needs to look."""
    assert (record.stage, record.flags) == (Stage.MATCHED, ())
    assert record.candidate.person.name.formatted == "Ella Greenholt"
    assert len(record.answers) == 5
    assert [one.problem for one in record.attachments] == [None, None]


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (ServerError(target="token", times=2), (3, 1, 2)),
        (ServerError(target="graphql", times=2), (1, 3, 2)),
        (ServerError(target="graphql", status=500, times=2), (1, 3, 2)),
        (ServerError(code="INTERNAL_SERVER_ERROR", times=2), (1, 3, 2)),
        (ServerError(code="SOMETHING_NEW", times=2), (1, 3, 2)),
        (RateLimit(code="SOMETHING_NEW", retry_after=None, times=2), (1, 3, 2)),
        (Partial(code="INTERNAL_SERVER_ERROR", times=2), (1, 3, 2)),
        # Each is fetched once: what an attempt has stored, the next one has.
        (ServerError(target="attachment", times=2), (1, 1, 4)),
        (Slow(target="token", seconds=1, times=1), (1, 1, 2)),
        (Slow(target="graphql", seconds=1, times=1), (1, 1, 2)),
        (Slow(target="attachment", seconds=1, times=1), (1, 1, 2)),
    ],
)
async def test_a_passing_error_of_seek_is_retried_until_it_has_passed(
    fault: Fault,
    asked: tuple[int, int, int],
    quick: Desk,
    skipping: WorkflowEnvironment,
) -> None:
    """Errors of HTTP and of GraphQL, known or not; slowness is no error at all."""
    record, counts = await fetched(quick, skipping, fault)

    assert_whole(record)
    assert counts == dict(zip(ALL, asked, strict=True))


@pytest.mark.parametrize(
    "fault",
    [
        RateLimit(target="token", retry_after=3600, times=2),
        RateLimit(target="graphql", retry_after=3600, times=2),
        RateLimit(code="SOMETHING_NEW", retry_after=3600, times=2),
        RateLimit(target="attachment", retry_after=3600, times=2),
    ],
)
async def test_the_retry_after_of_seek_is_honoured(
    fault: RateLimit, quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """Twice in a row: not a second earlier, not much later, and no call in between."""
    record, counts = await fetched(quick, skipping, fault)

    handle = quick.client.get_workflow_handle(record.id)
    assert_whole(record)
    assert 2 * _AN_HOUR <= await waited(handle) < 2.02 * _AN_HOUR
    assert await tries(handle) == [3]
    # As often as without a fault, and once for each time.
    assert sum(counts.values()) == 4 + 2


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (Unauthenticated(target="graphql", times=1), (2, 2, 2)),
        (Unauthenticated(target="attachment", times=1), (2, 1, 3)),
        # A new token is refused too: SEEK allows one, so the rest is for later.
        (Unauthenticated(target="graphql", times=3), (3, 4, 2)),
        (Unauthenticated(target="attachment", times=3), (3, 1, 5)),
    ],
)
async def test_a_refused_token_is_renewed_once_in_each_attempt(
    fault: Unauthenticated,
    asked: tuple[int, int, int],
    quick: Desk,
    skipping: WorkflowEnvironment,
) -> None:
    """Within the same try, where a new token helps."""
    record, counts = await fetched(quick, skipping, fault)

    assert_whole(record)
    assert counts == dict(zip(ALL, asked, strict=True))
    handle = quick.client.get_workflow_handle(record.id)
    assert max(await tries(handle)) == 1 + (fault.times or 0) // 2


async def test_a_field_that_seek_refuses_is_flagged_and_the_rest_recorded(
    quick: Desk,
) -> None:
    """FORBIDDEN for one field: the rest is taken at once, and the gap is flagged."""
    await quick.control.fault(Partial(code="FORBIDDEN"))

    emitted = await quick.apply(questionnaire=True)

    record = await quick.recorded(emitted)
    said = quick.applications.view(of(emitted), 1).said
    assert (record.stage, record.flags) == (Stage.MATCHED, ("incomplete",))
    assert record.candidate.person.name.formatted == "Ella Greenholt"
    assert record.answers == ()
    assert len(record.attachments) == 2
    assert isinstance(said, dict)
    assert said["errors"] == [
        {
            "code": "FORBIDDEN",
            "path": ["candidateProfile", "seekQuestionnaireSubmission"],
        }
    ]
    assert await quick.asked() == 1


@pytest.mark.parametrize(
    ("broken", "flags", "asked"),
    [
        (
            Partial(code="INTERNAL_SERVER_ERROR"),
            ("incomplete", "unavailable"),
            (1, 5, 2),
        ),
        (
            ServerError(target="attachment", status=500),
            ("incomplete", "unavailable"),
            # Both fail in the last try; the first alone ends the others.
            (1, 1, 9),
        ),
    ],
)
async def test_an_error_of_seek_that_stays_does_not_hold_up_the_record(
    broken: Fault,
    flags: tuple[str, ...],
    asked: tuple[int, int, int],
    quick: Desk,
    skipping: WorkflowEnvironment,
) -> None:
    """Recorded after some minutes, and asked for until SEEK has put it right."""
    await quick.control.fault(broken)
    emitted = await quick.apply(attachments=["Resume", None], questionnaire=True)
    await quick.until_asked()
    await skipping.sleep(timedelta(minutes=40))
    first = await quick.recorded(emitted)
    counts = (await quick.control.calls()).counts

    await quick.control.lift()
    await skipping.sleep(2 * _AN_HOUR)

    record = await quick.recorded(emitted, lambda record: len(record.views) == 2)
    assert (first.stage, first.flags) == (Stage.MATCHED, flags)
    assert first.candidate.person.name.formatted == "Ella Greenholt"
    assert counts == dict(zip(ALL, asked, strict=True))
    assert_whole(record)


async def test_an_outage_of_seek_for_hours_loses_no_application(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """Accepted meanwhile, asked for ever more rarely, fetched when SEEK is back."""
    await quick.control.fault(ServerError(target="graphql"))
    emitted = [await quick.apply(person=None) for _ in range(3)]
    await quick.until_asked(len(emitted))
    await skipping.sleep(timedelta(hours=12))
    during = await quick.asked()

    await quick.control.lift()
    await skipping.sleep(_AN_HOUR)

    records = [await quick.recorded(one) for one in emitted]
    assert {record.stage for record in records} == {Stage.MATCHED}
    assert 20 < during / len(emitted) < 25

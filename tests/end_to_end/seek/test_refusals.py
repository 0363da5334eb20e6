"""What SEEK withholds: kept as far as it is known, asked for ever more rarely."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.application import Flag, Stage
from letterbox.domain.messages import SweepInput
from seek_sandbox.faults import Fault, NullProfile, RefusedProfile
from seek_sandbox.orders import EventOrder
from tests.end_to_end.seek.histories import pauses
from tests.end_to_end.seek.seek_stack import ANSWERED_WITHIN, Desk
from workflows.scheduled import InboxSweep

_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)
_WHILE_YOUNG = [timedelta(seconds=5 * 2**doublings) for doublings in range(7)]
_GROWING = [_HOUR * 2**doublings for doublings in range(8)]


async def minutes_pass(desk: Desk, skipping: WorkflowEnvironment) -> None:
    """Start whatever lies in the inbox, as happens each minute."""
    for _ in range(3):
        # Waiting for a result would skip as much time as there is to skip.
        with skipping.auto_time_skipping_disabled():
            await desk.client.execute_workflow(
                InboxSweep.run,
                SweepInput(older_than_seconds=0),
                id=f"sweep-{uuid4()}",
                task_queue=desk.settings.task_queue,
            )
        await skipping.sleep(timedelta(minutes=1))


@pytest.mark.parametrize(
    ("fault", "at_first"),
    [
        (RefusedProfile(code="FORBIDDEN"), []),
        (RefusedProfile(code="BAD_USER_INPUT"), []),
        (NullProfile(), _WHILE_YOUNG),
    ],
)
async def test_a_refused_application_is_asked_for_ever_more_rarely(
    fault: Fault,
    at_first: list[timedelta],
    quick: Desk,
    skipping: WorkflowEnvironment,
) -> None:
    """
    After an hour, two, four and so on to a week; a month later SEEK relents.

    What SEEK has told of and does not know yet is asked for by the second at first.
    """
    await quick.control.fault(fault)
    emitted = await quick.apply()
    refused = await quick.recorded(emitted)

    await skipping.sleep(timedelta(days=33))
    asked, paused = await quick.asked(), await pauses(quick.handle(emitted))
    await quick.control.lift()
    await skipping.sleep(_WEEK)

    record = await quick.recorded(emitted, lambda record: len(record.views) == 2)
    assert refused.stage is Stage.RECEIVED
    assert Flag.UNAVAILABLE in refused.flags
    assert refused.source.profile_id == emitted.application_profile_id
    assert paused == [*at_first, *_GROWING, _WEEK, _WEEK, _WEEK, _WEEK]
    assert asked == len(paused)
    assert (record.stage, record.flags) == (Stage.MATCHED, ())
    assert record.candidate.person.name.formatted == "Ella Greenholt"
    assert len(record.attachments) == 2
    assert await quick.asked() == asked + 1


async def test_seek_is_not_asked_once_the_window_has_ended(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """Some thirty times in 166 days, and then no more."""
    await quick.control.fault(RefusedProfile())
    emitted = await quick.apply()
    await quick.recorded(emitted)

    await skipping.sleep(timedelta(days=167))
    asked = await quick.asked()
    await skipping.sleep(timedelta(days=30))

    described = await quick.handle(emitted).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    assert 25 < asked < 35
    assert await quick.asked() == asked


async def test_a_refused_application_is_recorded_however_late_seek_relents(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """Asked once more by the clock, it is an application like any other."""
    await quick.control.fault(NullProfile(times=1))
    emitted = await quick.apply()
    await quick.recorded(emitted)

    await skipping.sleep(timedelta(days=30))

    record = await quick.recorded(emitted, lambda record: len(record.views) == 2)
    status = await quick.handle(emitted).query("status", result_type=dict)
    assert status["stage"] == record.stage == Stage.MATCHED
    assert await quick.asked() == 2
    assert await quick.asked("attachment") == 2


async def test_an_application_unknown_to_seek_for_a_minute_is_whole_within_two(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """It tells of an application moments before it can show it: no hour is lost."""
    await quick.control.fault(NullProfile(times=4))
    emitted = await quick.apply()
    await quick.recorded(emitted)

    await skipping.sleep(timedelta(minutes=2))

    record = await quick.recorded(emitted, lambda record: len(record.views) == 2)
    assert (record.stage, record.flags) == (Stage.MATCHED, ())
    assert await quick.asked() == 5


async def test_a_repeated_notice_asks_seek_at_once_and_the_sweep_does_not(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """What SEEK refuses again does not stay in the inbox to be asked each minute."""
    await quick.control.fault(RefusedProfile())
    emitted = await quick.apply()
    await quick.recorded(emitted)
    before = await quick.asked()

    await quick.control.replay(emitted.event_id, wait=ANSWERED_WITHIN)
    await quick.until_asked(before + 2)
    record = await quick.recorded(emitted)
    await minutes_pass(quick, skipping)

    assert (before, await quick.asked()) == (1, 2)
    assert len(record.views) == 1


async def test_a_refused_repeat_keeps_the_record(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """We keep what we hold; SEEK is asked again, but not by the minute."""
    emitted = await quick.apply()
    before = await quick.recorded(emitted)
    await quick.control.fault(RefusedProfile())

    await quick.control.replay(emitted.event_id, wait=ANSWERED_WITHIN)
    await quick.until_asked(2 + len(before.attachments))
    after = await quick.recorded(emitted)
    await minutes_pass(quick, skipping)

    asked = await quick.asked()
    await quick.control.lift()
    await skipping.sleep(2 * _HOUR)
    later = await quick.recorded(emitted, lambda record: len(record.views) == 2)
    changed = {"flags": (Flag.UNAVAILABLE,), "owed": after.owed}
    assert after == before.model_copy(update=changed)
    assert asked == 2
    assert (later.candidate, later.flags) == (before.candidate, ())


async def test_a_relationship_that_comes_late_lets_the_application_in(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """The hirer has not allowed us to export yet, and SEEK sends nothing again."""
    await related(quick)
    emitted = await quick.apply()
    refused = await quick.recorded(emitted)

    await related(quick, "ApplicationExport")
    await skipping.sleep(2 * _HOUR)

    record = await quick.recorded(emitted, lambda record: len(record.views) == 2)
    assert (refused.stage, record.stage) == (Stage.RECEIVED, Stage.MATCHED)


async def related(desk: Desk, *relationships: str) -> None:
    """Have the hirer allow us this and no more."""
    order = EventOrder(
        type="HirerRelationshipChanged",
        relationships=list(relationships),
        wait=ANSWERED_WITHIN,
    )
    await desk.control.emit(order)

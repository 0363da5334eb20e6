"""What no webhook delivered is found by asking SEEK, once and for good."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowHandle

from letterbox.domain.application import Stage
from letterbox.domain.board_news import PollResult
from letterbox.temporal import schedules
from seek_sandbox.faults import (
    Fault,
    RateLimit,
    ServerError,
    Unauthenticated,
    Undelivered,
)
from seek_sandbox.orders import EventOrder
from tests.end_to_end.seek.histories import polled
from tests.end_to_end.seek.leak_check import history, secrets_of, told
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import SUBSCRIPTION, Desk
from tests.support import eventually
from workflows.scheduled import SeekReconcile


async def pages(
    desk: Desk, run: WorkflowHandle[SeekReconcile, str]
) -> list[PollResult]:
    """Tell what every page of a run brought."""
    return [came for _, came in await polled(desk.client, run)]


async def test_polling_takes_in_what_no_webhook_delivered(desk: Desk) -> None:
    """In the stream only; a webhook's application beside it is left alone."""
    delivered = await desk.apply()
    await desk.recorded(delivered)
    await desk.control.fault(Undelivered(times=2))
    missed = [await desk.apply(person=None, wait=0) for _ in range(2)]

    run = await desk.reconcile()

    [page] = await pages(desk, run)
    records = [await desk.recorded(one) for one in missed]
    secrets = secrets_of(desk.applications.view(one.id, 1) for one in records)
    assert [one.delivery for one in missed] == ["off", "off"]
    assert (page.found, page.taken_in) == (3, 2)
    assert {record.stage for record in records} == {Stage.MATCHED}
    assert await desk.asked() == 3
    assert not told(secrets, await history(desk.client, run.id))


async def test_polling_starts_no_known_application_again(desk: Desk) -> None:
    """Asked for everything from the beginning, again and again."""
    emitted = [await desk.apply(person=None, deliver=False) for _ in range(3)]
    [first] = await pages(desk, await desk.reconcile())
    before = [await desk.recorded(one) for one in emitted]

    [again] = await pages(desk, await desk.reconcile())

    assert (first.taken_in, again.found, again.taken_in) == (3, 3, 0)
    assert [await desk.recorded(one) for one in emitted] == before
    assert await desk.asked() == 3
    query = f'TaskQueue = "{desk.settings.task_queue}" AND WorkflowType = "Application"'

    async def all_listed() -> bool:
        return (await desk.client.count_workflows(query)).count == len(emitted)

    await eventually(all_listed)


async def test_a_webhook_after_polling_fetches_the_application_again(
    desk: Desk,
) -> None:
    """SEEK delivers late what was taken in already: a repeat like any other."""
    emitted = await desk.apply(deliver=False)
    await desk.reconcile()
    await desk.recorded(emitted)

    await desk.control.replay(emitted.event_id, wait=30)

    record = await desk.recorded(emitted, lambda record: len(record.views) == 2)
    assert record.flags == ()
    assert await desk.asked() == 2


async def test_polling_alone_takes_applications_in_without_a_webhook(
    tmp_path: Path, temporal_client: Client
) -> None:
    """No secret, so the webhook is off; whoever applies comes in all the same."""
    async with (
        open_desk(tmp_path, temporal_client, seek_webhook_secrets=()) as desk,
        desk.working(),
    ):
        emitted = [await desk.apply(person=None, deliver=False) for _ in range(3)]
        refused = await desk.post(b"{}")

        await desk.reconcile()

        records = [await desk.recorded(one) for one in emitted]
        assert refused.status_code == 404
        assert [record.source.profile_id for record in records] == [
            one.application_profile_id for one in emitted
        ]


async def test_polling_with_a_subscription_lists_undelivered_events_only(
    tmp_path: Path, temporal_client: Client
) -> None:
    """SEEK knows what its webhook failed to deliver, and tells no more."""
    async with (
        open_desk(tmp_path, temporal_client, seek_subscription_id=SUBSCRIPTION) as desk,
        desk.working(),
    ):
        for _ in range(2):
            await desk.recorded(await desk.apply(person=None))
        missed = await desk.apply(person=None, deliver=False)

        [page] = await pages(desk, await desk.reconcile())

        await desk.recorded(missed)
        assert (page.found, page.taken_in) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        ServerError(target="graphql", times=2),
        ServerError(code="SOMETHING_NEW", times=2),
        RateLimit(target="graphql", times=2, retry_after=1800),
        Unauthenticated(target="graphql", times=1),
    ],
)
async def test_a_passing_error_of_seek_delays_polling_and_skips_nothing(
    fault: Fault, quick: Desk
) -> None:
    """Nothing is skipped: the cursor moves on only when a page is taken in."""
    emitted = await quick.apply(deliver=False)
    await quick.control.fault(fault)

    run = await quick.reconcile()

    [page] = await pages(quick, run)
    await quick.recorded(emitted)
    assert page.taken_in == 1
    assert await quick.asked("events") == 1 + (fault.times or 0)


async def test_polling_begins_anew_where_seek_forgot_the_cursor(desk: Desk) -> None:
    """After 90 days it is refused; to begin with the earliest event is safe."""
    known = await desk.apply()
    await desk.recorded(known)
    missed = await desk.apply(person=None, deliver=False)

    run = await desk.reconcile("c3RyZWFtOm5vdCBvbmUgb2YgeW91cnM=")

    [page] = await pages(desk, run)
    await desk.recorded(missed)
    assert (page.found, page.taken_in) == (2, 1)
    assert await desk.asked("events") == 2


@asynccontextmanager
async def scheduled(desk: Desk) -> AsyncIterator[None]:
    """Make the schedules as a worker does at its start; remove them after."""
    await schedules.make_schedules(desk.client, desk.settings)
    try:
        yield
    finally:
        for name in schedules.required_schedules(desk.settings):
            await desk.client.get_schedule_handle(name).delete()


async def triggered(
    desk: Desk, so_far: int
) -> list[WorkflowHandle[SeekReconcile, str]]:
    """Have the schedule run now; give its runs, all of which have ended."""
    name = schedules.schedule_id(desk.settings.task_queue, schedules.SEEK_RECONCILE)
    handle = desk.client.get_schedule_handle(name)
    await handle.trigger()
    query = (
        f'TaskQueue = "{desk.settings.task_queue}" AND '
        'WorkflowType = "SeekReconcile" AND ExecutionStatus = "Completed"'
    )

    async def has_run() -> bool:
        return (await desk.client.count_workflows(query)).count > so_far

    await eventually(has_run)
    runs = [one async for one in desk.client.list_workflows(query)]
    return [
        desk.client.get_workflow_handle_for(
            SeekReconcile.run, one.id, run_id=one.run_id
        )
        for one in sorted(runs, key=lambda one: one.start_time)
    ]


async def test_scheduled_polling_continues_from_its_last_cursor(desk: Desk) -> None:
    """Its last result is the cursor, an empty page keeps it; other events count too."""
    async with scheduled(desk):
        first = await desk.apply(deliver=False)
        await triggered(desk, 0)
        await triggered(desk, 1)
        await desk.control.emit(EventOrder(type="SomethingNew", deliver=False))
        second = await desk.apply(person=None, deliver=False)

        runs = await triggered(desk, 2)

        for one in (first, second):
            await desk.recorded(one)
        cursors = [(await polled(desk.client, one))[0][0].cursor for one in runs]
        results = [await one.result() for one in runs]
        found = [(await pages(desk, one))[0].found for one in runs]
        assert cursors == [None, results[0], results[1]]
        assert results[0] == results[1] != results[2]
        assert found == [1, 0, 1]

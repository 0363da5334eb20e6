"""While SEEK is away, people are answered; a lost source does not stop the archive."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from letterbox.domain.commands import Assignment, EraseRequest, HoldRequest
from letterbox.domain.errors import RefusedError
from letterbox.domain.positions import Position
from letterbox.resources import open_records
from letterbox.temporal.updates import Updates
from seek_sandbox.faults import ServerError
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.support import eventually

HOLD = HoldRequest(reason="case 4711")
CASE = EraseRequest(reason="request 17")


async def until_fetching(desk: Desk, one: str) -> None:
    """Wait until the board is being asked, in vain."""
    handle = desk.client.get_workflow_handle(one)

    async def is_fetching() -> bool:
        try:
            described = (await handle.describe()).raw_description
        except RPCError:
            return False  # Not started yet.
        pending = {each.activity_type.name for each in described.pending_activities}
        return "fetch_application" in pending

    await eventually(is_fetching)


async def test_a_hold_and_an_assignment_succeed_while_seek_is_away(desk: Desk) -> None:
    """A hold and a position: at once, in the record too; and a hold outdoes erasure."""
    desk.catalogue.put(Position(reference="DEV-99"))
    emitted = await desk.apply()
    await desk.recorded(emitted)
    one = of(emitted)
    updates = Updates(desk.client, desk.settings.task_queue, timedelta(seconds=15))
    await desk.control.fault(ServerError(times=1000))
    await updates.refresh(one)
    await until_fetching(desk, one)

    held = await updates.hold(one, HOLD)
    with pytest.raises(RefusedError, match="held"):
        await updates.erase(one, CASE)
    assigned = await updates.assign(one, Assignment(reference="DEV-99"))
    record = await desk.recorded(emitted, lambda record: record.hold)
    released = await updates.hold(one, HoldRequest(release=True))
    erased = await updates.erase(one, CASE)

    assert Flag.HELD in held.flags
    assert assigned.position == record.position.reference == "DEV-99"
    assert Flag.HELD not in released.flags
    assert erased.stage is Stage.ERASED


async def test_an_application_can_be_held_before_seek_gives_it_out(desk: Desk) -> None:
    """Before there is a record; the record says so when it comes."""
    await desk.control.fault(ServerError(times=1000))
    emitted = await desk.apply()
    one = of(emitted)
    await until_fetching(desk, one)
    updates = Updates(desk.client, desk.settings.task_queue, timedelta(seconds=15))

    held = await updates.hold(one, HOLD)
    with pytest.raises(RefusedError, match="held"):
        await updates.erase(one, CASE)
    await desk.control.lift()
    record = await desk.recorded(emitted, lambda record: record.hold)

    assert (held.stage, held.flags) == (Stage.RECEIVED, (Flag.HELD,))
    assert Flag.HELD in record.flags


@pytest.mark.parametrize("body", [None, b"", b"[]"], ids=["lost", "empty", "foreign"])
async def test_a_source_that_is_gone_does_not_stop_the_archive(
    quick: Desk, skipping: WorkflowEnvironment, body: bytes | None
) -> None:
    """There is no last look without it; the archive says that it is incomplete."""
    emitted = await quick.apply()
    await quick.recorded(emitted)
    one, source = of(emitted), keys.source(of(emitted), 1)
    if body is None:
        quick.store.delete(source)
    else:
        quick.store.put(source, body)

    await skipping.sleep(timedelta(days=167))
    ended = await quick.handle(emitted).result()

    archived = open_records(quick.settings, quick.store).archives
    record = await asyncio.to_thread(archived.record, one)
    assert ended.stage is Stage.ARCHIVED
    assert Flag.INCOMPLETE in record.flags

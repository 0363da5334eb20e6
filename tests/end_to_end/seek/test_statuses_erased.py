"""An erasure while a status is on its way to SEEK."""

from typing import Any

import pytest
from temporalio.client import WorkflowHandle

from letterbox.domain.application import Stage
from letterbox.domain.commands import EraseRequest
from letterbox.domain.errors import RefusedError
from letterbox.temporal.updates import Updates
from seek_sandbox.faults import ServerError, Slow
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.end_to_end.seek.telling import report, until_struck


async def test_nothing_is_sent_of_what_was_erased(desk: Desk) -> None:
    """SEEK hangs: what is being sent is let go before anything is removed."""
    emitted = await desk.apply()
    await desk.recorded(emitted)
    await desk.control.fault(Slow(seconds=60, times=1))
    await report(desk, emitted, "viewed", 1)
    await report(desk, emitted, "offered", 2)
    await until_struck(desk)

    updates = Updates(desk.client, desk.settings.task_queue)
    erased = await updates.erase(of(emitted), EraseRequest(reason="case 4711"))

    await desk.handle(emitted).result()
    assert erased.stage is Stage.ERASED
    let_go, removed = await _let_go_and_removed(desk.handle(emitted))
    assert let_go < removed
    # The call was never answered, and the next one never made.
    assert await desk.asked("sendSignal") == 0
    assert await desk.control.signals() == []


async def test_an_erasure_waits_for_no_board(desk: Desk) -> None:
    """SEEK is away; what it is owed goes with the rest."""
    emitted = await desk.apply()
    await desk.recorded(emitted)
    await desk.control.fault(ServerError())
    await report(desk, emitted, "viewed")
    await desk.until_asked(5)

    updates = Updates(desk.client, desk.settings.task_queue)
    erased = await updates.erase(of(emitted), EraseRequest(reason="case 4711"))

    assert erased.stage is Stage.ERASED
    await desk.handle(emitted).result()
    assert await desk.control.signals() == []
    with pytest.raises(RefusedError, match="the application is erased"):
        await report(desk, emitted, "hired", 1)


async def _let_go_and_removed(handle: WorkflowHandle[Any, Any]) -> tuple[int, int]:
    """Return when the worker had let go of a step, and when the removal was begun."""
    let_go = removed = 0
    async for event in handle.fetch_history_events():
        if event.HasField("activity_task_canceled_event_attributes"):
            let_go = event.event_id
        step = event.activity_task_scheduled_event_attributes.activity_type.name
        if step == "erase":
            removed = event.event_id
    assert let_go
    assert removed
    return let_go, removed

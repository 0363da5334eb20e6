"""A status that is on its way while the workflow goes on as a new run."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from letterbox.domain.application import Stage
from letterbox.domain.commands import EraseRequest
from letterbox.domain.standing import Reporting
from letterbox.temporal.updates import Updates
from seek_sandbox.faults import ServerError, Slow
from seek_sandbox.orders import Emitted
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.end_to_end.seek.telling import report, until_noted, until_struck
from tests.support import eventually
from tests.workflows.brief_histories import MAX_LENGTH, brief_histories

_ALMOST = MAX_LENGTH - 10
# Longer than a few repeats take, and to go on as new.
_SLOW = Slow(seconds=4, times=1)


@pytest_asyncio.fixture
async def busy(tmp_path: Path) -> AsyncIterator[Desk]:
    """Open on a server that finds histories long early, and work."""
    async with (
        brief_histories() as environment,
        open_desk(tmp_path, environment.client) as desk,
        desk.working(),
    ):
        yield desk


async def make_long(desk: Desk, emitted: Emitted, length: int = MAX_LENGTH) -> str:
    """Make the history longer, by repeats that change nothing; return its run."""
    handle = desk.handle(emitted)
    first = await handle.describe()
    while (seen := await handle.describe()).run_id == first.run_id:
        if seen.history_length > length:
            break
        await report(desk, emitted, "viewed")
    return first.run_id


async def until_new(desk: Desk, emitted: Emitted, run_id: str) -> None:
    """Wait until the workflow has gone on as a new run."""

    async def is_new() -> bool:
        return (await desk.handle(emitted).describe()).run_id != run_id

    await eventually(is_new)


async def until_answered(desk: Desk) -> None:
    """Wait until SEEK has no call to answer: not even of somebody who is gone."""

    async def is_answered() -> bool:
        return not (await desk.control.calls()).open

    await eventually(is_answered)


async def test_a_new_run_does_not_send_again_what_is_on_its_way(busy: Desk) -> None:
    """What SEEK is slow to take is noted first; what is next goes with the new run."""
    emitted = await busy.apply()
    await busy.recorded(emitted)
    await report(busy, emitted, "viewed")
    await until_noted(busy, emitted, Reporting.SENT)
    await make_long(busy, emitted, _ALMOST)
    await busy.control.fault(_SLOW)
    await report(busy, emitted, "contacted", 1)
    await until_struck(busy)

    run_id = await make_long(busy, emitted)
    await report(busy, emitted, "offered", 2)
    on_its_way = await busy.asked("sendSignal") == 1

    await until_new(busy, emitted, run_id)
    await until_noted(busy, emitted, *[Reporting.SENT] * 3)
    await until_answered(busy)
    assert on_its_way
    assert await busy.asked("sendSignal") == 3
    labels = [one.label for one in await busy.control.signals()]
    assert labels == ["Viewed", "Contacted", "Offered"]


async def test_an_erasure_does_not_wait_for_what_a_new_run_waits_for(
    busy: Desk,
) -> None:
    """SEEK is away, the history long, and the new run gives it some time."""
    emitted = await busy.apply()
    await busy.recorded(emitted)
    await busy.control.fault(ServerError())
    await report(busy, emitted, "viewed")
    run_id = await make_long(busy, emitted)

    updates = Updates(busy.client, busy.settings.task_queue)
    erased = await updates.erase(of(emitted), EraseRequest(reason="case 4711"))

    await busy.handle(emitted).result()
    assert erased.stage is Stage.ERASED
    assert (await busy.handle(emitted).describe()).run_id == run_id
    assert await busy.control.signals() == []

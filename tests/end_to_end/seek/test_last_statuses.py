"""A status that the board is owed when its application is to be archived."""

from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.application import Stage
from letterbox.domain.errors import RefusedError
from letterbox.domain.standing import Reporting
from letterbox.history import Histories
from letterbox.resources import open_records
from seek_sandbox.faults import RefusedProfile
from seek_sandbox.orders import Emitted
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.end_to_end.seek.telling import report
from workflows.application import ApplicationWorkflow

_HOUR = timedelta(hours=1)


async def owed_until_its_archive_is_due(
    desk: Desk, skipping: WorkflowEnvironment, later: timedelta
) -> Emitted:
    """Have a status owed to a SEEK that refuses it; go on until so much later."""
    emitted = await desk.apply()
    due = (await desk.recorded(emitted)).archive_by
    await skipping.sleep(due - _HOUR - await skipping.get_current_time())
    await desk.control.fault(RefusedProfile(code="FORBIDDEN"))
    with skipping.auto_time_skipping_disabled():
        await report(desk, emitted, "hired")
    await skipping.sleep(_HOUR + later)
    return emitted


def archived(desk: Desk, emitted: Emitted) -> list[Reporting]:
    """Read from the archive what became of each status."""
    record = open_records(desk.settings, desk.store).archives.record(of(emitted))
    return [change.reporting for change in record.status_changes]


async def test_a_board_that_comes_back_within_the_last_day_is_told(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """It is away on the day of the archive, which waits for it, and no longer."""
    emitted = await owed_until_its_archive_is_due(quick, skipping, 12 * _HOUR)
    stage = (await quick.handle(emitted).query(ApplicationWorkflow.status)).stage
    await quick.control.lift()
    await skipping.sleep(2 * _HOUR)

    status = await quick.handle(emitted).result()

    assert stage is not Stage.ARCHIVED
    assert status.stage is Stage.ARCHIVED
    assert [one.label for one in await quick.control.signals()] == ["Hired"]
    assert archived(quick, emitted) == [Reporting.SENT]


async def test_what_a_board_never_took_is_unsent_in_the_archive_and_in_the_log(
    quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """It does not keep the archive from being made; the next report says why not."""
    emitted = await owed_until_its_archive_is_due(quick, skipping, 25 * _HOUR)

    status = await quick.handle(emitted).result()

    histories = Histories(
        quick.store,
        open_records(quick.settings, quick.store),
        quick.client,
        quick.settings.task_queue,
    )
    items = (await histories.find(of(emitted))).items
    told = [item.event.value for item in items if item.status]
    [unsent] = quick.logs.said("unsent")
    assert status.stage is Stage.ARCHIVED
    assert archived(quick, emitted) == [Reporting.UNSENT]
    assert (unsent["application"], unsent["status"]) == (of(emitted), "hired")
    assert told == ["noted", "unsent"]
    assert await quick.control.signals() == []
    with (
        skipping.auto_time_skipping_disabled(),
        pytest.raises(RefusedError, match="the application is archived"),
    ):
        await report(quick, emitted, "rejected", 1)

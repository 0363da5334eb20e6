"""The archive: written and verified, and only then the hot copy removed."""

import asyncio
from datetime import timedelta

from temporalio import workflow

from workflows import amending, steps
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import Stage
    from letterbox.domain.messages import Retired


# Before an archive that is begun late counts as overdue.
_TIME_TO_ARCHIVE = timedelta(minutes=10)


async def pack(application_id: str, state: ApplicationState, *, is_new: bool) -> None:
    """Write the archive, for as long as it takes; ``ArchiveWatch`` sees it late."""
    if is_new:
        await steps.pack(application_id)
        return
    alarm = asyncio.create_task(_raise_alarm_when_overdue(application_id, state))
    try:
        await steps.pack(application_id)
    finally:
        # Not waited for: where it is at work it holds the lock.
        alarm.cancel()


async def retire(application_id: str, state: ApplicationState) -> Retired:
    """Remove the hot copy; not done where it is not what was packed any more."""
    retired = await state.alone(steps.retire(application_id))
    if retired.done:
        archived = state.status.model_copy(update={"stage": Stage.ARCHIVED})
        state.set_status(archived)
    return retired


async def _raise_alarm_when_overdue(
    application_id: str, state: ApplicationState
) -> None:
    overdue_at = state.status.overdue_at or workflow.now()
    left = max(overdue_at - workflow.now(), _TIME_TO_ARCHIVE)
    await workflow.sleep(left, summary="until the archive is overdue")
    await state.amend(amending.note_overdue(application_id))

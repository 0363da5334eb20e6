"""Statuses as an ATS reports them, and what is waited for then."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from letterbox.domain.commands import StatusReport
from letterbox.domain.standing import CandidateStatus, Reporting
from letterbox.temporal.updates import Updates
from seek_sandbox.orders import Emitted, SignalSeen
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.support import eventually

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def report(
    desk: Desk, emitted: Emitted, status: str, minute: int = 0, **changes: str
) -> Reporting:
    """Report a status, that of the given minute."""
    updates = Updates(desk.client, desk.settings.task_queue)
    reported = StatusReport(
        id=changes.get("id", f"{status}-{minute}"),
        status=CandidateStatus(status),
        changed_at=AT + timedelta(minutes=minute),
    )
    return (await updates.report_status(of(emitted), reported)).reporting


async def until_struck(desk: Desk) -> None:
    """Wait until SEEK has the call that the only fault was for."""

    async def has_struck() -> bool:
        return not await desk.control.faults()

    await eventually(has_struck)


async def until_told(desk: Desk, times: int) -> Sequence[SignalSeen]:
    """Wait until SEEK was told so often; return what it was told."""

    async def was_told() -> bool:
        return len(await desk.control.signals()) >= times

    await eventually(was_told)
    return await desk.control.signals()


async def until_noted(desk: Desk, emitted: Emitted, *expected: Reporting) -> None:
    """Wait until the record says what has become of each change, in their order."""
    await desk.recorded(
        emitted,
        lambda record: (
            tuple(change.reporting for change in record.status_changes) == expected
        ),
    )

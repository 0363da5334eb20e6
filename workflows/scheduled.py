"""The workflows that Temporal starts by the clock: one step each, or page by page."""

from collections.abc import Sequence

from temporalio import workflow

from workflows.options import ASK_BOARD, AUDIT, FEED, SWEEP

with workflow.unsafe.imports_passed_through():
    from activities.archive_expiry import ExpiryActivities
    from activities.auditing import AuditActivities
    from activities.importing import ImportActivities
    from activities.inbox import InboxActivities
    from activities.reconciling import ReconcileActivities
    from activities.watching import WatchActivities
    from letterbox.domain.board_news import PollInput, PollResult
    from letterbox.domain.messages import (
        AuditResult,
        ExpiryReport,
        ImportedPositions,
        SweepInput,
        SweepResult,
        WatchInput,
        WatchResult,
    )
    from letterbox.temporal.task_queues import FEEDS, own


@workflow.defn(name="InboxSweep")
class InboxSweep:
    """One pass over the inbox, on a schedule."""

    @workflow.run
    async def run(self, args: SweepInput) -> SweepResult:
        """Start every application that lay in the inbox for too long."""
        return await workflow.execute_activity_method(
            InboxActivities.sweep,
            args,
            summary="start the applications still in the inbox",
            **SWEEP,
        )


@workflow.defn(name="ArchiveKeep")
class ArchiveKeep:
    """One pass over the archives, on a schedule."""

    @workflow.run
    async def run(self) -> ExpiryReport:
        """Remove every archive that is old enough, and not held."""
        return await workflow.execute_activity_method(
            ExpiryActivities.expire_archives,
            summary="remove archives that were kept long enough",
            **SWEEP,
        )


@workflow.defn(name="PositionImport")
class PositionImport:
    """One import of the feed that the worker's settings name, on a schedule."""

    @workflow.run
    async def run(self) -> ImportedPositions:
        """Import it; failed where the feed is refused, or stays away."""
        return await workflow.execute_activity_method(
            ImportActivities.import_positions,
            summary="import the feed of positions",
            task_queue=own(FEEDS),
            **FEED,
        )


# Of a hundred events each: a history of some 350 events, then a new run.
_PAGES_A_RUN = 50


@workflow.defn(name="SeekReconcile")
class SeekReconcile:
    """
    Page through SEEK's events behind the cursor of the last completed run.

    The result is the new cursor, opaque. Without one it begins with the earliest
    event that SEEK remembers, which is safe: what is known is left alone. It does so
    once where SEEK refuses the cursor, and fails where it refuses the next ones, too.
    """

    @workflow.run
    async def run(self, cursor: str = "", began_anew: bool = False) -> str:  # noqa: FBT001, FBT002
        """Take in what is not known, page by page, until there is no next one."""
        # What the schedule was made with is where its first run begins.
        is_first = workflow.info().continued_run_id is None
        if is_first and workflow.has_last_completion_result():
            cursor = workflow.get_last_completion_result(str) or cursor
        taken_in = pages = 0
        has_next = True
        while has_next:
            if pages == _PAGES_A_RUN:
                workflow.continue_as_new(args=[cursor, began_anew])
            polled: PollResult = await workflow.execute_activity_method(
                ReconcileActivities.poll_events,
                PollInput(cursor=cursor or None, began_anew=began_anew),
                summary="take in a page of events",
                **ASK_BOARD,
            )
            cursor = polled.cursor or ""
            taken_in += polled.taken_in
            began_anew = began_anew or polled.began_anew
            workflow.set_current_details(f"Taken in so far: **{taken_in}**")
            has_next = polled.has_next
            pages += 1
        return cursor


@workflow.defn(name="ArchiveWatch")
class ArchiveWatch:
    """One look at all open applications, on a schedule."""

    @workflow.run
    async def run(self, args: WatchInput) -> WatchResult:
        """Signal those that are late; they say so themselves from then on."""
        return await workflow.execute_activity_method(
            WatchActivities.watch_archives,
            args,
            summary="find archives that are overdue",
            **SWEEP,
        )


@workflow.defn(name="Audit")
class ScheduledAudit:
    """One audit, on a schedule; it changes nothing."""

    @workflow.run
    async def run(self) -> AuditResult:
        """Look at everything; the result is the counts by kind."""
        return await workflow.execute_activity_method(
            AuditActivities.audit,
            summary="walk the store and Temporal both ways",
            **AUDIT,
        )


SCHEDULED: Sequence[type] = (
    ArchiveKeep,
    ArchiveWatch,
    ScheduledAudit,
    InboxSweep,
    PositionImport,
    SeekReconcile,
)

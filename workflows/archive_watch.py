"""Finds archives that are late, whatever step keeps them from being made."""

from temporalio import workflow

from workflows.options import SWEEP

with workflow.unsafe.imports_passed_through():
    from activities.watching import WatchActivities
    from letterbox.domain.messages import Watch, Watched


@workflow.defn(name="ArchiveWatch")
class ArchiveWatch:
    """One look at all open applications, on a schedule."""

    @workflow.run
    async def run(self, given: Watch) -> Watched:
        """Tell those that are late; they say so themselves from then on."""
        return await workflow.execute_activity_method(
            WatchActivities.watch_archives,
            given,
            summary="find archives that are overdue",
            **SWEEP,
        )

"""Ends the keeping of archives."""

from temporalio import workflow

from workflows.options import SWEEP

with workflow.unsafe.imports_passed_through():
    from activities.keeping import KeepActivities
    from letterbox.domain.messages import Kept


@workflow.defn(name="ArchiveKeep")
class ArchiveKeep:
    """One pass over the archives, on a schedule."""

    @workflow.run
    async def run(self) -> Kept:
        """Remove every archive that is old enough, and not held."""
        return await workflow.execute_activity_method(
            KeepActivities.end_keeping,
            summary="remove archives that were kept long enough",
            **SWEEP,
        )

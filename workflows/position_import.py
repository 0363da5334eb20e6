"""Brings the catalogue in line with the feed of positions."""

from temporalio import workflow

from letterbox.temporal.task_queues import FEEDS, own
from workflows.options import FEED

with workflow.unsafe.imports_passed_through():
    from activities.importing import ImportActivities
    from letterbox.domain.messages import ImportedPositions


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

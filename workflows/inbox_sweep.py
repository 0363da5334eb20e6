"""Starts what was accepted and could not be started at once."""

from temporalio import workflow

from workflows.options import SWEEP

with workflow.unsafe.imports_passed_through():
    from activities.inbox import InboxActivities
    from letterbox.domain.messages import Sweep, Swept


@workflow.defn(name="InboxSweep")
class InboxSweep:
    """One pass over the inbox, on a schedule."""

    @workflow.run
    async def run(self, given: Sweep) -> Swept:
        """Start every application that lay in the inbox for too long."""
        return await workflow.execute_activity_method(
            InboxActivities.sweep,
            given,
            summary="start what lies in the inbox",
            **SWEEP,
        )

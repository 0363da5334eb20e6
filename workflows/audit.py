"""Proves the state of the store and of Temporal."""

from temporalio import workflow

from workflows.options import AUDIT

with workflow.unsafe.imports_passed_through():
    from activities.auditing import AuditActivities
    from letterbox.domain.messages import Audited


@workflow.defn(name="Audit")
class Audit:
    """One audit, on a schedule; it changes nothing."""

    @workflow.run
    async def run(self) -> Audited:
        """Look at everything, and keep what it came to for those who watch."""
        return await workflow.execute_activity_method(
            AuditActivities.audit,
            summary="walk the store and Temporal both ways",
            **AUDIT,
        )

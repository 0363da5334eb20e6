"""Asks SEEK for what no webhook delivered."""

from temporalio import workflow

from workflows.options import ASK_BOARD

with workflow.unsafe.imports_passed_through():
    from activities.reconciling import ReconcileActivities
    from letterbox.domain.messages import Polled, Polling

# Of a hundred events each: a history of some 350 events, then a new run.
_PAGES_A_RUN = 50


@workflow.defn(name="SeekReconcile")
class SeekReconcile:
    """
    Page through SEEK's events behind the cursor of the last completed run.

    The result is the new cursor, opaque. Without one it begins with the earliest
    event that SEEK remembers, which is safe: what is known is left alone.
    """

    @workflow.run
    async def run(self, cursor: str = "") -> str:
        """Take in what is not known, page by page, until there is no next one."""
        # What the schedule was made with is where its first run begins.
        is_first = workflow.info().continued_run_id is None
        if is_first and workflow.has_last_completion_result():
            cursor = workflow.get_last_completion_result(str) or cursor
        taken_in = pages = 0
        has_next = True
        while has_next:
            if pages == _PAGES_A_RUN:
                workflow.continue_as_new(cursor)
            polled: Polled = await workflow.execute_activity_method(
                ReconcileActivities.poll_events,
                Polling(cursor=cursor or None),
                summary="take in a page of events",
                **ASK_BOARD,
            )
            cursor = polled.cursor or ""
            taken_in += polled.taken_in
            workflow.set_current_details(f"Taken in so far: **{taken_in}**")
            has_next = polled.has_next
            pages += 1
        return cursor

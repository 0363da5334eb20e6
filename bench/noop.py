"""
The least that a workflow like Letterbox's can cost: its steps do nothing.

It has three local activities, as before Letterbox had two, so that figures of
different days can be compared.
"""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from bench.workers import work
    from letterbox.domain.application import Stage
    from letterbox.temporal import search_attributes as attributes

_QUICK = timedelta(seconds=20)


@activity.defn
async def nothing(application_id: str) -> str:
    """Do nothing."""
    return application_id


@workflow.defn(name="NoOp")
class NoOp:
    """Three local activities, search attributes, then a timer."""

    @workflow.run
    async def run(self, application_id: str) -> None:
        """Wait like an application waits for its archive date."""
        for _ in range(3):
            await workflow.execute_local_activity(
                nothing, application_id, start_to_close_timeout=_QUICK
            )
        due = workflow.now() + timedelta(days=166)
        workflow.upsert_search_attributes(
            [
                attributes.STAGE.value_set(Stage.MATCHED),
                attributes.ARCHIVE_BY.value_set(due),
            ]
        )
        await workflow.sleep(due - workflow.now())


if __name__ == "__main__":
    asyncio.run(work(NoOp, [nothing]))

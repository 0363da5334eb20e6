"""
The least that a workflow like a SEEK application's can cost: its steps do nothing.

It has the five steps that such an application had before it had three.
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


@workflow.defn(name="NoOpSeek")
class NoOpSeek:
    """One local activity, two regular, two local, search attributes, then a timer."""

    @workflow.run
    async def run(self, application_id: str) -> None:
        """Wait like an application waits for its archive date."""
        await self._local(application_id)
        for _ in range(2):
            await workflow.execute_activity(
                nothing, application_id, start_to_close_timeout=_QUICK
            )
        await self._local(application_id)
        await self._local(application_id)
        due = workflow.now() + timedelta(days=166)
        workflow.upsert_search_attributes(
            [
                attributes.STAGE.value_set(Stage.MATCHED),
                attributes.ARCHIVE_BY.value_set(due),
            ]
        )
        await workflow.sleep(due - workflow.now())

    async def _local(self, application_id: str) -> None:
        await workflow.execute_local_activity(
            nothing, application_id, start_to_close_timeout=_QUICK
        )


if __name__ == "__main__":
    asyncio.run(work(NoOpSeek, [nothing]))

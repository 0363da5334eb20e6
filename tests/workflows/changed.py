"""What a later release could have made of ``Application``: a step more."""

from temporalio import workflow

from workflows import amending
from workflows.application import Application

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.commands import Carried
    from letterbox.domain.status import Status


@workflow.defn(name="Application")
class Patched(Application):
    """Takes the step, unless the history says that an older release went by."""

    @workflow.init
    def __init__(self, application_id: str, carried: Carried | None = None) -> None:
        super().__init__(application_id, carried)

    @workflow.run
    async def run(self, application_id: str, carried: Carried | None = None) -> Status:
        """Live as before."""
        return await super().run(application_id, carried)

    async def _take_in(self, *, again: bool = False, is_last: bool = False) -> bool:
        over = await super()._take_in(again=again, is_last=is_last)
        if workflow.patched("look-for-a-hold"):
            await amending.refuse_if_held(self._id)
        return over


@workflow.defn(name="Application")
class Unpatched(Application):
    """Takes the step whatever the history says."""

    @workflow.init
    def __init__(self, application_id: str, carried: Carried | None = None) -> None:
        super().__init__(application_id, carried)

    @workflow.run
    async def run(self, application_id: str, carried: Carried | None = None) -> Status:
        """Live as before."""
        return await super().run(application_id, carried)

    async def _take_in(self, *, again: bool = False, is_last: bool = False) -> bool:
        over = await super()._take_in(again=again, is_last=is_last)
        await amending.refuse_if_held(self._id)
        return over

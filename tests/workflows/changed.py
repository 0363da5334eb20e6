"""What a later release could have made of ``Application``: a timer more."""

from temporalio import workflow

from workflows.application import ApplicationWorkflow

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.commands import Carried
    from letterbox.domain.status import Status


@workflow.defn(name="Application")
class Patched(ApplicationWorkflow):
    """Sets the timer, unless the history says that an older release went by."""

    @workflow.init
    def __init__(self, application_id: str, carried: Carried | None = None) -> None:
        super().__init__(application_id, carried)

    @workflow.run
    async def run(self, application_id: str, carried: Carried | None = None) -> Status:
        """Wait for a moment, then live as before."""
        if workflow.patched("wait-for-a-moment"):
            await workflow.sleep(1)
        return await super().run(application_id, carried)


@workflow.defn(name="Application")
class Unpatched(ApplicationWorkflow):
    """Sets the timer whatever the history says."""

    @workflow.init
    def __init__(self, application_id: str, carried: Carried | None = None) -> None:
        super().__init__(application_id, carried)

    @workflow.run
    async def run(self, application_id: str, carried: Carried | None = None) -> Status:
        """Wait for a moment, then live as before."""
        await workflow.sleep(1)
        return await super().run(application_id, carried)

"""The SDK's sandbox, but for a question that is asked of it and that nobody needs."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info


class QuickSandboxRunner(SandboxedWorkflowRunner):
    """
    Run workflows in the sandbox, and enter it to run them only.

    The SDK enters it some four times for each payload too, to learn what a payload
    converter or external storage may want to know of its workflow. Ours want to know
    nothing, and it costs a quarter of the worker's processor time (bench/README.md).
    """

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Make the sandbox of one workflow."""
        return _WithoutContexts(super().create_instance(det))


class _WithoutContexts(WorkflowInstance):
    def __init__(self, sandbox: WorkflowInstance) -> None:
        self._sandbox = sandbox

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._sandbox.activate(act)

    def get_serialization_context(self, command_info: object) -> None:
        """Have the same data converter for all workflows."""

    def get_external_store_context(
        self, command_info: object
    ) -> StorageDriverStoreContext:
        del command_info
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self._sandbox.get_info()

    def get_thread_id(self) -> int | None:
        """Tell where it runs: so that a deadlock can be shown."""
        return self._sandbox.get_thread_id()

"""The SDK's sandbox, without the calls into it that nobody needs."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info, _Definition

_PREPARED: set[type] = set()


class QuickSandboxRunner(SandboxedWorkflowRunner):
    """
    Runs workflows in the sandbox, and enters it for nothing else.

    The SDK enters it some four times for each payload too, to learn what a payload
    converter or external storage may want to know of its workflow. Ours want to know
    nothing, and it costs a quarter of a worker's processor time. And it tries out a
    sandbox for each workflow of a new worker: here, for the first worker alone.
    """

    def prepare_workflow(self, defn: _Definition) -> None:
        """Check that a sandbox can be made for a workflow."""
        if defn.cls not in _PREPARED:
            super().prepare_workflow(defn)
            _PREPARED.add(defn.cls)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Create the sandbox of one workflow."""
        return _WithoutContexts(super().create_instance(det))


class _WithoutContexts(WorkflowInstance):
    def __init__(self, sandbox: WorkflowInstance) -> None:
        self._sandbox = sandbox

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._sandbox.activate(act)

    def get_serialization_context(self, command_info: object) -> None:
        """Return nothing: all workflows have the same data converter."""

    def get_external_store_context(
        self, command_info: object
    ) -> StorageDriverStoreContext:
        del command_info
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self._sandbox.get_info()

    def get_thread_id(self) -> int | None:
        """Return the thread that it runs in, so that a deadlock can be shown."""
        return self._sandbox.get_thread_id()

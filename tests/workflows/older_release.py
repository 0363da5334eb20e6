"""A worker that works as one of the release before, which knew no two steps."""

from temporalio.client import Client
from temporalio.plugin import SimplePlugin
from temporalio.worker import PatchActivationInput, WorkerConfig

from workflows.lifecycle import TWO_STEPS


class OlderRelease(SimplePlugin):
    """Given to a client: what its workers begin keeps the older steps for good."""

    def __init__(self) -> None:
        super().__init__("tests.OlderRelease")

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """Leave the patch out."""
        config["patch_activation_callback"] = _is_older
        return super().configure_worker(config)


def _is_older(patch: PatchActivationInput) -> bool:
    return patch.patch_id != TWO_STEPS


def as_older(client: Client) -> Client:
    """Give a client whose workers are of that release."""
    settings = client.config()
    settings["plugins"] = [*settings["plugins"], OlderRelease()]
    return Client(**settings)

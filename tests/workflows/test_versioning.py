"""Old and new workers side by side, on the real development server."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import RoutingConfigUpdateState, VersioningBehavior
from temporalio.api.history.v1 import WorkflowTaskCompletedEventAttributes
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from tests.support import eventually
from tests.workflows.running_worker import AnyHandle, running_worker, wait_until_idle
from tests.workflows.time_skipping import arrive, waiting
from workflows.application import ApplicationWorkflow

_TEMPORAL = Path(sys.executable).with_name("temporal")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A Worker Deployment, released by hand as ``docs/changing-workflows.md`` says."""

    client: Client
    name: str

    async def knows(self, *builds: str) -> None:
        """Wait until the server has heard of versions."""

        async def has_heard() -> bool:
            try:
                versions = (await self._info()).version_summaries
            except RPCError:
                return False  # Of none.
            known = {one.deployment_version.build_id for one in versions}
            return known.issuperset(builds)

        await eventually(has_heard)

    async def make_current(self, build: str) -> None:
        """Release a version, and wait until every task goes its way."""
        address = self.client.service_client.config.target_host
        words = ("worker", "deployment", "set-current-version", "--yes")
        which = ("--deployment-name", self.name, "--build-id", build)
        command = (_TEMPORAL, *words, *which, "--address", address)
        await asyncio.to_thread(
            subprocess.run, command, check=True, capture_output=True
        )
        done = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED

        async def is_told() -> bool:
            try:
                return (await self._info()).routing_config_update_state == done
            except RPCError:
                return False  # A busy server cancels calls.

        await eventually(is_told)

    async def _info(self) -> WorkerDeploymentInfo:
        answer = await self.client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(
                namespace=self.client.namespace, deployment_name=self.name
            )
        )
        return answer.worker_deployment_info


async def tasks(handle: AnyHandle) -> Sequence[WorkflowTaskCompletedEventAttributes]:
    """Read what the workers did, task by task."""
    return [
        event.workflow_task_completed_event_attributes
        for event in (await handle.fetch_history()).events
        if event.HasField("workflow_task_completed_event_attributes")
    ]


async def builds(handle: AnyHandle) -> list[str]:
    """Tell which build did each task."""
    return [one.deployment_version.build_id for one in await tasks(handle)]


async def begun_at(handle: AnyHandle) -> datetime:
    """Tell when a worker first got a task of it."""
    return next(
        event.event_time.ToDatetime(UTC)
        for event in (await handle.fetch_history()).events
        if event.HasField("workflow_task_started_event_attributes")
    )


async def test_a_waiting_application_goes_over_to_the_new_build(
    temporal_client: Client, settings: Settings, applications: StoredApplications
) -> None:
    """Nothing runs before a release; then the old build can go at once."""
    environment = WorkflowEnvironment.from_client(temporal_client)
    deployment = Deployment(temporal_client, f"letterbox-{uuid4()}")
    old, new = (
        settings.model_copy(
            update={"deployment_name": deployment.name, "build_id": build}
        )
        for build in ("v1", "v2")
    )
    async with AsyncExitStack() as old_worker, running_worker(temporal_client, new):
        await old_worker.enter_async_context(running_worker(temporal_client, old))
        first = await arrive(environment, settings, applications, str(uuid4()))
        await deployment.knows("v1", "v2")

        released_at = datetime.now(UTC)
        await deployment.make_current("v1")
        before = await waiting(first)
        await wait_until_idle(first)
        by_old = await builds(first)

        await deployment.make_current("v2")
        await first.signal(ApplicationWorkflow.position_closed, datetime.now(UTC))
        await wait_until_idle(first)
        by_both = await builds(first)

        await old_worker.aclose()
        second = await arrive(environment, settings, applications, str(uuid4()))
        await waiting(second)
        after = await first.query(ApplicationWorkflow.status)

    assert (await begun_at(first)) > released_at
    assert by_old == ["v1"]
    assert by_both == ["v1", "v2"]
    assert set(await builds(second)) == {"v2"}
    assert before.archive_by
    assert after.archive_by
    assert before.archive_by < after.archive_by
    assert {one.versioning_behavior for one in await tasks(first)} == {
        VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE
    }

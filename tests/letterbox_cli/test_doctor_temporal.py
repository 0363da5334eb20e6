"""``letterbox doctor`` at Temporal: a server that only these tests use."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio import activity, workflow
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    RegisterNamespaceRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleOverlapPolicy,
)
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import (
    UnsandboxedWorkflowRunner,
    Worker,
    WorkerDeploymentConfig,
)

from letterbox.settings import Settings
from letterbox.temporal import schedules
from letterbox.temporal.namespace import ACTIVITIES, WORKFLOWS, count_pollers
from letterbox.temporal.task_queues import FEEDS, SCANNER, STATUSES, beside
from tests.letterbox_cli.conftest import Doctor, Letterbox, levels
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("bare-temporal")

T = TypeVar("T")
Ask = Callable[[Client], Awaitable[T]]


@workflow.defn
class Nothing:
    """Does nothing at all."""

    @workflow.run
    async def run(self) -> None:
        """Do it."""


@workflow.defn
class Failing:
    """Cannot go on: its code is wrong."""

    @workflow.run
    async def run(self) -> None:
        """Fail the task, not the workflow."""
        raise RuntimeError


@activity.defn
async def do_nothing() -> None:
    """Do nothing at all."""


def schedule_of(kind: str) -> str:
    """Name the schedule that `init` makes for the task queue of the test."""
    return schedules.schedule_id(Settings().task_queue, kind)


@pytest.fixture(name="address")
def _address(environment: pytest.MonkeyPatch, bare_temporal: str) -> str:
    """Name the server."""
    environment.setenv("TEMPORAL_ADDRESS", bare_temporal)
    return bare_temporal


@pytest.fixture(name="ready")
def _ready(address: str, letterbox: Letterbox) -> str:
    """Prepare it."""
    assert letterbox("init").exit_code == 0
    return address


def at(address: str, ask: Ask[T]) -> T:
    """Ask the server something."""

    async def asked() -> T:
        return await ask(await Client.connect(address))

    return asyncio.run(asked())


def test_what_a_new_namespace_lacks_is_named(
    environment: pytest.MonkeyPatch, address: str, letterbox: Letterbox, doctor: Doctor
) -> None:
    """Everything that `init` makes, and that nobody works."""
    name = f"new-{uuid4()}"

    async def register(client: Client) -> None:
        retention = Duration(seconds=3600)
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(
                namespace=name, workflow_execution_retention_period=retention
            )
        )

    at(address, register)
    environment.setenv("TEMPORAL_NAMESPACE", name)
    before = doctor()
    made = letterbox("init")
    found = doctor()

    assert "keeps closed workflows for 1" in before["temporal"][0]
    assert "LetterboxStage, " in before["search attributes"][0]
    assert before["search attributes"][0].endswith("missing: run `letterbox init`")
    assert before[schedule_of("inbox-sweep")] == [
        "wrong: missing: run `letterbox init`"
    ]
    assert before["workers"][0].startswith("wrong: none is polling the task queue ")
    assert made.exit_code == 0, made.output
    assert found["search attributes"] == ["ok: all of them exist"]
    assert found[schedule_of("inbox-sweep")][0].startswith("ok: every 1m")
    assert found["clock (Temporal)"] == ["ok: agrees with that of Temporal"]


def test_a_namespace_that_does_not_exist_is_wrong(
    environment: pytest.MonkeyPatch, ready: str, doctor: Doctor
) -> None:
    """A typing error, most of the time."""
    del ready
    environment.setenv("TEMPORAL_NAMESPACE", "nowhere")

    assert doctor()["temporal"] == [
        (
            "wrong: there is no namespace nowhere: create it with `temporal operator "
            "namespace create --namespace nowhere --retention 30d`"
        )
    ]


@pytest.mark.usefixtures("ready")
def test_every_schedule_of_the_settings_is_looked_at(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, doctor: Doctor
) -> None:
    """Those that `init` makes, and no other."""
    environment.setenv("LETTERBOX_ARCHIVE_KEEP", "30d")
    environment.setenv("LETTERBOX_SEEK_CLIENT_ID", "partner")
    environment.setenv("LETTERBOX_POSITION_FEED", "positions.json")
    made = letterbox("init").stdout
    found = doctor()

    names = [schedule_of(kind) for kind in schedules.KINDS]
    assert all(name in made for name in names)
    assert all(levels(found[name])[0] == "ok" for name in names)


def test_a_schedule_that_is_paused_or_ends_badly_is_wrong(
    ready: str, doctor: Doctor
) -> None:
    """Nothing that waits would be started."""

    async def pause(client: Client) -> None:
        await client.get_schedule_handle(schedule_of("inbox-sweep")).pause()

    async def terminate(client: Client) -> None:
        handle = client.get_schedule_handle(schedule_of("inbox-sweep"))
        await handle.unpause()
        before = (await handle.describe()).info.num_actions
        # One that the clock has just started waits for a worker that is not there.
        await handle.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)

        async def has_run() -> bool:
            return (await handle.describe()).info.num_actions > before

        await eventually(has_run)
        run = (await handle.describe()).info.recent_actions[-1].action
        assert isinstance(run, ScheduleActionExecutionStartWorkflow)
        await client.get_workflow_handle(run.workflow_id).terminate()

    at(ready, pause)
    [paused] = doctor()[schedule_of("inbox-sweep")]
    for _ in range(2):
        # Again, where the clock has started another in between: it does once a minute.
        at(ready, terminate)
        [ended] = doctor()[schedule_of("inbox-sweep")]
        if "running" not in ended:
            break

    assert paused.startswith(
        "wrong: paused: to resume it, `temporal schedule toggle --unpause"
    )
    assert ended == "wrong: its last run was TERMINATED: see the Temporal UI"


def test_workflows_whose_tasks_fail_are_counted(ready: str, doctor: Doctor) -> None:
    """Those of our task queue."""
    queue = Settings().task_queue

    async def fail(client: Client) -> None:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[Failing],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            await client.start_workflow("Failing", id=str(uuid4()), task_queue=queue)
            query = f'TaskQueue = "{queue}" AND TemporalReportedProblems IS NOT NULL'

            async def is_reported() -> bool:
                # A sweep that the clock has just started would fail as well.
                return (await client.count_workflows(query)).count >= 1

            await eventually(is_reported)

    before = doctor()["workflow tasks"]
    at(ready, fail)
    [failing] = doctor()["workflow tasks"]

    assert before == ["ok: no failures reported"]
    assert levels([failing]) == ["wrong"]
    assert "workflows are stuck because their tasks fail" in failing


def test_workers_that_leave_a_task_queue_alone_are_a_warning(
    environment: pytest.MonkeyPatch, ready: str, doctor: Doctor
) -> None:
    """An older release's do: statuses, scans or imports would wait unseen."""
    queue = str(uuid4())
    environment.setenv("LETTERBOX_TASK_QUEUE", queue)

    async def poll(client: Client, name: str, kind: TaskQueueType.ValueType) -> None:
        async with Worker(
            client,
            task_queue=name,
            workflows=[Nothing],
            activities=[do_nothing],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            await eventually(lambda: count_pollers(client, name, kind))

    def polled(name: str) -> None:
        for kind in (WORKFLOWS, ACTIVITIES):
            at(ready, partial(poll, name=name, kind=kind))

    polled(queue)
    polled(beside(queue, SCANNER))
    [known, older] = doctor()["workers"]
    polled(beside(queue, FEEDS))
    polled(beside(queue, STATUSES))
    now = doctor()["workers"]

    assert known == f"ok: 1 worker is polling the task queue {queue}"
    assert older.startswith(
        f"warning: none is polling {queue}-feeds, {queue}-statuses: what is scheduled"
    )
    assert now == [known]


def test_a_deployment_needs_a_current_version(
    environment: pytest.MonkeyPatch, ready: str, doctor: Doctor
) -> None:
    """Without one its workers poll, and are given nothing."""
    deployment, queue = str(uuid4()), Settings().task_queue
    environment.setenv("TEMPORAL_DEPLOYMENT_NAME", deployment)
    environment.setenv("TEMPORAL_WORKER_BUILD_ID", "build-1")
    described = DescribeWorkerDeploymentRequest(
        namespace="default", deployment_name=deployment
    )
    current = SetWorkerDeploymentCurrentVersionRequest(
        namespace="default", deployment_name=deployment, build_id="build-1"
    )

    async def poll(client: Client) -> None:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[Nothing],
            workflow_runner=UnsandboxedWorkflowRunner(),
            deployment_config=WorkerDeploymentConfig(
                version=WorkerDeploymentVersion(deployment, "build-1"),
                use_worker_versioning=True,
                default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
            ),
        ):
            service = client.workflow_service
            await eventually(
                lambda: succeeds(service.describe_worker_deployment(described))
            )

    async def make_current(client: Client) -> None:
        service = client.workflow_service
        await eventually(
            lambda: succeeds(service.set_worker_deployment_current_version(current))
        )

    [unheard] = doctor()["worker version"]
    at(ready, poll)
    [unset] = doctor()["worker version"]
    at(ready, make_current)
    [found] = doctor()["worker version"]

    assert unheard == f"wrong: no worker of deployment {deployment} has ever polled"
    assert unset.startswith(f"wrong: deployment {deployment} has no current version")
    assert found == f"ok: build-1 is the current version of deployment {deployment}"


async def succeeds(call: Awaitable[object]) -> bool:
    """Return whether the server accepts the call."""
    try:
        await call
    except RPCError:
        return False
    return True

"""A worker that is started before its namespace is ready, or may not prepare it."""

from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from structlog.testing import capture_logs
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal import schedules
from letterbox.temporal.preparation import Preparation, prepare
from tests.support import LETTERBOX, ROOT, eventually, process


@pytest.mark.processes
async def test_a_worker_waits_for_its_namespace(
    temporal_address: str, temporal_client: Client, tmp_path: Path
) -> None:
    """Whoever makes it may come later; the worker does not have to be started anew."""
    name, log = f"later-{uuid4()}", tmp_path / "worker.log"
    environment = {
        "PYTHONPATH": str(ROOT),
        "LETTERBOX_STORE": f"file:{tmp_path / 'store'}",
        "TEMPORAL_ADDRESS": temporal_address,
        "TEMPORAL_NAMESPACE": name,
    }
    open_store(Settings(store=environment["LETTERBOX_STORE"])).prepare()

    async def says(words: str) -> bool:
        assert worker.poll() is None, log.read_text()
        return words in log.read_text()

    with process((*LETTERBOX, "worker"), environment, log) as worker:
        await eventually(lambda: says(f"there is no namespace {name}: "))
        await temporal_client.workflow_service.register_namespace(
            RegisterNamespaceRequest(
                namespace=name,
                workflow_execution_retention_period=Duration(seconds=86400),
            )
        )
        await eventually(lambda: says("worker ready"), within=60)

    assert "search attributes missing: run `letterbox init`" in log.read_text()
    there = await Client.connect(temporal_address, namespace=name)
    name = schedules.schedule_id("letterbox", schedules.INBOX_SWEEP)
    assert (await there.get_schedule_handle(name).describe()).id == name


def refused(code: RPCStatusCode) -> Preparation:
    """Make what Temporal refuses a worker at its start."""

    async def refuse(*_: object) -> None:
        raise RPCError("refused", code, b"")

    return refuse


@pytest.mark.parametrize(
    "code", [RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED]
)
async def test_a_worker_that_may_not_prepare_says_so_once_and_goes_on(
    code: RPCStatusCode, temporal_client: Client
) -> None:
    """Somebody who may has to run `letterbox init`."""
    both = {"search attributes": refused(code), "schedules": refused(code)}

    with capture_logs() as logs:
        await prepare(temporal_client, Settings(), both)

    [line] = logs
    assert line["log_level"] == "error"
    assert "letterbox init" in line["event"]
    assert line["denied"] == ["search attributes", "schedules"]


async def test_a_worker_raises_errors_of_temporal_that_it_does_not_expect(
    temporal_client: Client,
) -> None:
    """What may pass is raised as well: the worker tries again then."""
    schedules = {"schedules": refused(RPCStatusCode.INVALID_ARGUMENT)}

    with pytest.raises(RPCError):
        await prepare(temporal_client, Settings(), schedules)

"""What prepares Temporal's server, on a real one of the same release."""

import mmap
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from ruamel.yaml import YAML
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from tests.deploy.composed import services
from tests.support import ROOT

PROGRAMS = Path(sys.executable).parent


async def test_the_namespace_is_made_once(
    temporal_address: str, temporal_client: Client
) -> None:
    """Run again, the job changes its retention and does not fail."""
    namespace = f"letterbox-{uuid4().hex}"

    for retention in ("10d", "30d"):
        _make_namespace(temporal_address, namespace, retention)

    described = await temporal_client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=namespace)
    )
    kept = described.config.workflow_execution_retention_ttl.ToTimedelta()
    assert kept == timedelta(days=30)


def _make_namespace(address: str, namespace: str, retention: str) -> None:
    subprocess.run(
        ["sh", ROOT / "deploy/temporal/namespace.sh", retention],
        env=os.environ
        | {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
        | {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace},
        check=True,
        capture_output=True,
    )


def test_every_key_of_temporals_dynamic_configuration_exists() -> None:
    """Of a key that it does not know, the server says nothing."""
    settings = YAML(typ="safe").load(ROOT / "deploy/temporal/dynamicconfig.yaml")

    with (
        (PROGRAMS / "temporal").open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as program,
    ):
        assert all(program.find(key.encode()) > 0 for key in settings)


def test_server_tools_and_tested_server_are_of_one_release() -> None:
    """The schema is the server's, and the tests run on what is deployed."""
    tags = {
        name: services()[name]["image"].partition(":")[2]
        for name in ("temporal", "temporal-schema", "temporal-namespace")
    }
    version = subprocess.run(
        [PROGRAMS / "temporal", "--version"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert len(set(tags.values())) == 1
    [tested] = re.findall(r"Server (\d+\.\d+)\.", version)
    assert tags["temporal"].startswith(f"{tested}.")

"""``letterbox up``: what its children are told, and what it says."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

import temporal
from boards import careerjet
from cli.greeting import greeting
from cli.readiness import wait_until_ready
from cli.up import child_environment
from domain.errors import RefusedError
from settings import Settings
from tests.support import free_port

MADE_UP = {"LETTERBOX_CAREERJET_SECRETS": "made-up"}


async def test_children_talk_to_the_embedded_server_alone(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever the environment, `.env` or a profile say of another."""
    (tmp_path / ".env").write_text("TEMPORAL_NAMESPACE=theirs\nTEMPORAL_TLS=true\n")
    profile = tmp_path / "temporal.toml"
    profile.write_text('[profile.default]\naddress = "there:7233"\napi_key = "theirs"')
    environment.setenv("TEMPORAL_CONFIG_FILE", str(profile))
    environment.setenv("TEMPORAL_API_KEY", "theirs")
    environment.setenv("TEMPORAL_DEPLOYMENT_NAME", "letterbox")
    environment.setenv("TEMPORAL_WORKER_BUILD_ID", "build-1")
    port = free_port()

    told = child_environment(Settings(temporal_port=port), MADE_UP)

    for name in os.environ.keys() | told.keys():
        environment.setenv(name, told.get(name, ""))
    client = await temporal.connect(Settings(), lazy=True)
    config = client.service_client.config
    assert (config.target_host, client.namespace) == (f"127.0.0.1:{port}", "default")
    assert (config.tls, config.api_key) == (None, None)
    assert (Settings().deployment_name, Settings().build_id) == ("", "")
    assert told["LETTERBOX_CAREERJET_SECRETS"] == "made-up"


@pytest.mark.usefixtures("environment")
async def test_what_does_not_get_ready_is_named_in_one_line() -> None:
    """Not a traceback; where the logs are."""
    settings = Settings(api_port=free_port(), sandbox_port=free_port())

    with pytest.raises(RefusedError) as refused:
        await wait_until_ready(settings, timedelta(seconds=0.2))

    assert str(refused.value) == ("the API is not ready after 0.2 s: see above, or var")


@pytest.mark.usefixtures("environment")
async def test_the_embedded_server_is_asked_for_workers(temporal_address: str) -> None:
    """Not the one that the settings name, where nobody is."""
    settings = Settings(
        api_port=free_port(),
        sandbox_port=free_port(),
        temporal_port=int(temporal_address.rpartition(":")[2]),
    )
    client = await Client.connect(temporal_address)
    with content(settings.api_port), content(settings.sandbox_port):
        with pytest.raises(RefusedError, match="the worker is not ready"):
            await wait_until_ready(settings, timedelta(seconds=0.5))
        async with Worker(
            client,
            task_queue=settings.task_queue,
            workflows=[Nothing],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            await wait_until_ready(settings, timedelta(seconds=30))


@pytest.mark.usefixtures("environment")
def test_a_secret_that_was_made_up_is_told() -> None:
    """It is for development, and the curl is signed with it."""
    told = greeting(Settings(), {"LETTERBOX_CAREERJET_SECRETS": "made-up"})

    assert "Secret        made-up   (LETTERBOX_CAREERJET_SECRETS)" in told
    assert is_signed_with("made-up", told)


def test_a_secret_that_was_configured_is_not_told(
    environment: pytest.MonkeyPatch,
) -> None:
    """A terminal is looked over, and recorded; the curl works all the same."""
    environment.setenv("LETTERBOX_CAREERJET_SECRETS", "configured,old")
    environment.setenv("LETTERBOX_OPERATOR_TOKEN", "configured too")

    told = greeting(Settings(), {})

    assert "Secret        as configured   (LETTERBOX_CAREERJET_SECRETS)" in told
    assert "configured," not in told
    assert "configured too" not in told
    assert is_signed_with("configured", told)


def is_signed_with(secret: str, told: str) -> bool:
    """Look at the curl."""
    [uuid] = re.findall(r'"uuid=([^"]+)"', told)
    [signature] = re.findall(r'"source_signature=([^"]+)"', told)
    return bool(signature == careerjet.sign(uuid, secret))


@workflow.defn
class Nothing:
    """Does nothing at all."""

    @workflow.run
    async def run(self) -> None:
        """Do it."""


class Content(BaseHTTPRequestHandler):
    """Is content with whatever it is asked."""

    def do_GET(self) -> None:
        """Say yes."""
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing else."""


@contextmanager
def content(port: int) -> Iterator[None]:
    """Answer at a port for as long as the block lasts."""
    with ThreadingHTTPServer(("127.0.0.1", port), Content) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        thread.start()
        yield
        server.shutdown()
        thread.join()

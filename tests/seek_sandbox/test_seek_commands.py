"""``letterbox sandbox seek`` and ``letterbox send seek``."""

import asyncio
import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import typer
from typer.testing import CliRunner

from letterbox_cli.json_schemas import OUTPUTS, schema_of
from letterbox_cli.send import send_seek
from seek_sandbox.control import SandboxControl
from seek_sandbox.orders import PositionSeen
from tests.seek_sandbox.conftest import Serve
from tests.seek_sandbox.partner import OPTIONS
from tests.seek_sandbox.receiver import SECRET, Receiver
from tests.support import answers, free_port, process, wait_until

SEND = typer.Typer()
SEND.command()(send_seek)


def test_send_seek_prints_what_became_of_the_application(
    serve: Serve, receiver: Receiver
) -> None:
    """The ids, and that the webhook was accepted; exit code 0."""
    url = serve(replace(OPTIONS, webhook_url=receiver.url, webhook_secret=SECRET))
    runner = CliRunner()
    spoken = runner.invoke(SEND, ["--url", url])
    listed = runner.invoke(SEND, ["--url", url, "--count", "2", "--json"])

    lines = json.loads(listed.output)["items"]
    jsonschema.validate({"items": lines}, schema_of(OUTPUTS["send-seek"]))
    assert (spoken.exit_code, listed.exit_code) == (0, 0)
    first = receiver.event_ids[0]
    assert spoken.output == f"seek:{first}  the webhook was accepted\n"
    assert [one["event_id"] for one in lines] == receiver.event_ids[1:]
    assert {one["delivery"] for one in lines} == {"accepted"}
    assert all(one["application"] == f"seek:{one['event_id']}" for one in lines)
    assert all(one["application_profile_id"] for one in lines)


def test_send_seek_has_people_apply_for_the_position_that_is_named(
    serve: Serve, receiver: Receiver
) -> None:
    """By your reference, as for the other boards."""
    url = serve(replace(OPTIONS, webhook_url=receiver.url, webhook_secret=SECRET))

    sent = CliRunner().invoke(SEND, ["--url", url, "--job-id", "DEV-17"])

    assert sent.exit_code == 0
    assert "DEV-17" in {one.reference for one in asyncio.run(positions(url))}


async def positions(url: str) -> list[PositionSeen]:
    """List the ads of a sandbox."""
    async with SandboxControl(url) as control:
        return await control.positions()


def test_send_seek_fails_where_the_webhook_is_refused(
    serve: Serve, receiver: Receiver
) -> None:
    """The exit code is 1."""
    receiver.statuses = [401]
    url = serve(
        replace(
            OPTIONS,
            webhook_url=receiver.url,
            webhook_secret=SECRET,
            webhook_attempts=1,
        )
    )
    result = CliRunner().invoke(SEND, ["--url", url])

    assert result.exit_code == 1
    assert "the webhook was refused" in result.output


def test_send_seek_says_that_there_is_no_sandbox() -> None:
    """In words, not with a traceback."""
    url = f"http://127.0.0.1:{free_port()}"
    result = CliRunner().invoke(SEND, ["--url", url])

    assert result.exit_code == 1
    assert f"nothing answers at {url}" in str(result.exception)


def test_the_sandbox_command_serves_and_ends_on_sigterm(tmp_path: Path) -> None:
    """It says how to point a Letterbox at it, and ends on SIGTERM."""
    port, log = free_port(), tmp_path / "log"
    code = "from letterbox_cli.sandbox import app; app()"
    command = (sys.executable, "-c", code, "seek", "--port", str(port))
    environment = {
        "LETTERBOX_SEEK_WEBHOOK_SECRETS": "new secret of sixteen,old secret",
        "LETTERBOX_SEEK_CLIENT_SECRET": "configured",
        "LETTERBOX_API_PORT": "8123",
    }
    with process(command, environment, log) as running:
        wait_until(lambda: answers(port))
        running.send_signal(signal.SIGTERM)
        running.wait(10)

    said = log.read_text()
    assert f"LETTERBOX_SEEK_GRAPHQL_URL=http://127.0.0.1:{port}/graphql" in said
    assert "to http://127.0.0.1:8123/webhooks/seek" in said
    assert "secret of sixteen" not in said
    assert "configured\n" not in said


def test_a_sandbox_does_not_repeat_the_ids_of_another_start(tmp_path: Path) -> None:
    """A Letterbox that lives on would take them for repeats; --seed keeps them."""
    seeded = [first_id(tmp_path, "--seed", "same") for _ in range(2)]

    assert seeded[0] == seeded[1]
    assert len({seeded[0], first_id(tmp_path), first_id(tmp_path)}) == 3


def first_id(folder: Path, *words: str) -> str:
    """Start a sandbox of its own, and have somebody apply."""
    port = free_port()
    code = "from letterbox_cli.sandbox import app; app()"
    command = (sys.executable, "-c", code, "seek", "--port", str(port), *words)
    with process(command, {}, folder / "log"):
        wait_until(lambda: answers(port))
        url = f"http://127.0.0.1:{port}"
        told = CliRunner().invoke(SEND, ["--url", url, "--json"])
    return str(json.loads(told.output)["items"][0]["event_id"])

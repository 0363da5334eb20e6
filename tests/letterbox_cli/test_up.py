"""``letterbox up``: what its children are told, and what it says."""

import asyncio
import fcntl
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError
from typer.testing import CliRunner

from letterbox.boards import careerjet, discover
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.domain.errors import (
    RefusedError,
    SettingsError,
    TemporalUnavailableError,
)
from letterbox.settings import Settings
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.client import connect
from letterbox_cli.main import app
from letterbox_cli.missing_store import count_known
from letterbox_cli.up.banner import greeting
from letterbox_cli.up.dev_secrets import (
    all_made_up,
    development_secrets,
    with_development_keys,
)
from letterbox_cli.up.processes import Child, guarded, how_it_ended, started
from letterbox_cli.up.readiness import wait_until_ready
from letterbox_cli.up.run import child_environment
from letterbox_cli.up.state import announced, refuse_second, running_up
from letterbox_cli.up.temporal_server import temporal_command
from letterbox_cli.up.vanished_store import refuse_vanished_store
from tests.support import eventually, free_port

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
    client = await connect(Settings(), lazy=True)
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

    assert str(refused.value) == (
        "the API is not ready after 0.2 s: see the messages above, and the logs in var"
    )


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("queue", "is_ready"),
    [
        ({"pollers": [{"identity": "1@here"}], "versioningInfo": {}}, True),
        ({"versioningInfo": {}}, False),
    ],
)
async def test_the_embedded_server_is_asked_for_workers(
    queue: object, *, is_ready: bool
) -> None:
    """By its UI, as version 1.32 answers; not the one that the settings name."""
    settings = Settings(
        api_port=free_port(), sandbox_port=free_port(), ui_port=free_port()
    )
    expectation = (
        nullcontext()
        if is_ready
        else pytest.raises(RefusedError, match="the worker is not ready")
    )
    path = f"/api/v1/namespaces/default/task-queues/{settings.task_queue}"

    with (
        content(settings.api_port),
        content(settings.sandbox_port),
        content(settings.ui_port, {path: queue}),
        expectation,
    ):
        await wait_until_ready(settings, timedelta(seconds=30 if is_ready else 0.5))


def test_the_embedded_server_has_our_search_attributes() -> None:
    """Those that workflows set, each of its type."""
    words = temporal_command(Path("temporal.db"), 7233, None)

    given = {word for before, word in pairwise(words) if before == "--search-attribute"}
    assert {text.lower() for text in given} == {
        f"{key.name}={key.indexed_value_type.name.replace('_', '')}".lower()
        for key in attributes.ALL
    }


@pytest.mark.usefixtures("environment")
def test_the_desk_and_how_to_sign_in_are_told() -> None:
    """With the token of the operator API."""
    told = greeting(Settings(), {**MADE_UP, "LETTERBOX_OPERATOR_TOKEN": "made-up"})

    assert "Desk          http://127.0.0.1:8000/desk, to sign in with made-up\n" in told


def test_single_sign_on_is_told_where_it_is_set_up(
    environment: pytest.MonkeyPatch,
) -> None:
    """It stands beside the token, with which the desk can be entered all the same."""
    environment.setenv("LETTERBOX_OIDC_ISSUER", "https://id.example")
    environment.setenv("LETTERBOX_DESK_URL", "https://letterbox.example")
    environment.setenv("LETTERBOX_OIDC_CLIENT_ID", "letterbox")
    environment.setenv("LETTERBOX_OIDC_CLIENT_SECRET", "a-secret-of-the-provider")
    environment.setenv("LETTERBOX_OIDC_ROLES", "staff=viewer")

    told = greeting(Settings(), {**MADE_UP, "LETTERBOX_OPERATOR_TOKEN": "made-up"})

    assert "/desk, to sign in with made-up, or by single sign-on\n" in told


@pytest.mark.usefixtures("environment")
def test_a_secret_that_was_made_up_is_told() -> None:
    """It is for development, and the curl is signed with it."""
    told = greeting(Settings(), {"LETTERBOX_CAREERJET_SECRETS": "made-up"})

    assert "Careerjet     secret made-up, from var/development-secret\n" in told
    assert is_signed_with("made-up", told)


def test_a_secret_that_was_configured_is_not_told(
    environment: pytest.MonkeyPatch,
) -> None:
    """A terminal is looked over, and recorded; the curl works all the same."""
    environment.setenv("LETTERBOX_CAREERJET_SECRETS", "configured,old")
    environment.setenv("LETTERBOX_OPERATOR_TOKEN", "configured too")

    told = greeting(Settings(), {})

    assert "secret as configured (LETTERBOX_CAREERJET_SECRETS)\n" in told
    assert "configured," not in told
    assert "configured too" not in told
    assert "/desk, to sign in with your operator token\n" in told
    assert is_signed_with("configured", told)


@pytest.mark.parametrize("is_on_path", [True, False])
def test_commands_are_spelled_so_that_they_are_found(
    environment: pytest.MonkeyPatch, tmp_path: Path, *, is_on_path: bool
) -> None:
    """A fresh clone has them in .venv alone; another Letterbox is not meant."""
    installed, other = tmp_path / ".venv/bin", tmp_path / "other"
    for folder in (installed, other):
        folder.mkdir(parents=True)
        (folder / "letterbox").touch(mode=0o755)
    environment.setattr("sys.executable", str(installed / "python"))
    environment.setenv("PATH", str(installed if is_on_path else other))

    told = greeting(Settings(), MADE_UP)

    command = "letterbox" if is_on_path else ".venv/bin/letterbox"
    assert f"or:    {command} send careerjet\n" in told
    assert f"       {command} send seek\n" in told
    assert f"then:  {command} list\n" in told


def is_signed_with(secret: str, told: str) -> bool:
    """Look at the curl."""
    [uuid] = re.findall(r'"uuid=([^"]+)"', told)
    [signature] = re.findall(r'"source_signature=([^"]+)"', told)
    return bool(signature == careerjet.sign(uuid, secret))


def test_no_two_secrets_that_are_made_up_are_the_same(tmp_path: Path) -> None:
    """None works where another belongs; a restart changes none of them."""
    settings = Settings(data=tmp_path)

    made_up = development_secrets(settings)

    secrets = {
        name: text
        for name, text in made_up.items()
        if name.endswith(("_TOKEN", "_KEY", "_SECRET", "_SECRETS"))
    }
    # The sandbox takes any token in LinkedIn's place: that one opens nothing.
    del secrets["LETTERBOX_LINKEDIN_ACCESS_TOKEN"]
    # Operator, digests, SEEK's webhook and client; and one of each board that posts.
    posting = [
        board
        for board in discover().values()
        if isinstance(board, FormBoard | PostBoard)
    ]
    assert len(secrets) == len(set(secrets.values())) == 4 + len(posting)
    kept = (tmp_path / "development-secret").read_text()
    assert secrets["LETTERBOX_CAREERJET_SECRETS"] == kept
    assert set(",".join(secrets.values()).split(",")) == all_made_up(kept)
    assert development_secrets(settings) == made_up
    [new, old] = with_development_keys(settings).digest_key
    assert [new.get_secret_value(), old.get_secret_value()] == (
        secrets["LETTERBOX_DIGEST_KEY"].split(",")
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (3, "ended with exit code 3"),
        (0, "ended with exit code 0"),
        (-9, "was killed by SIGKILL"),
        (-99, "was killed by signal 99"),
    ],
)
def test_how_a_part_ended_is_told_in_words(code: int, words: str) -> None:
    """A negative code is a signal."""
    assert how_it_ended(code) == words


def test_a_state_without_its_process_is_of_none_that_runs(tmp_path: Path) -> None:
    """What was killed lets go of its lock; nothing there, or damaged, is none."""
    assert running_up(tmp_path) is None
    settings = Settings(data=tmp_path, api_port=8010)

    with announced(settings) as announcement:
        announcement.started("api", 12)
        running = running_up(tmp_path)
        with pytest.raises(RefusedError, match=f"it is process {os.getpid()}, and"):
            refuse_second(settings)
    refuse_second(settings)

    assert running is not None
    assert (running.pid, running.parts) == (os.getpid(), {"api": 12})
    assert running.ports["LETTERBOX_API_PORT"] == 8010
    assert running_up(tmp_path) is None
    with announced(settings):
        (tmp_path / "up.json").write_text("{")
        assert running_up(tmp_path) is None


def test_a_second_up_is_refused_while_the_first_has_started_nothing(
    tmp_path: Path,
) -> None:
    """It is named, and not the one that ran before; what its state is, is no matter."""
    settings = Settings(data=tmp_path)
    (tmp_path / "up.json").write_text('{"pid": 1, "ports": {}}')

    with announced(settings):
        with (
            pytest.raises(RefusedError, match=f"it is process {os.getpid()}, and"),
            announced(settings),
        ):
            pytest.fail("two hold one folder")
        (tmp_path / "up.json").unlink()
        with pytest.raises(RefusedError, match="is starting"), announced(settings):
            pytest.fail("two hold one folder")


def test_a_full_disk_ends_nothing_that_runs(tmp_path: Path) -> None:
    """What is written down of a part that was started again is for other commands."""
    with announced(Settings(data=tmp_path)) as announcement:
        (tmp_path / "up.json.new").mkdir()

        announcement.started("worker", 12)

        assert running_up(tmp_path) is not None


async def test_a_part_that_cannot_be_started_again_is_named(tmp_path: Path) -> None:
    """With the reason, as one that ends again and again."""
    log = tmp_path / "log"
    child = Child("part", ["true"], {"PATH": os.environ["PATH"]}, log=log)
    may_restart = asyncio.Event()
    may_restart.set()
    async with guarded() as guard, started(child, guard, lambda *_: None) as running:
        log.unlink()
        log.mkdir()

        reason = await running.keep(may_restart, lambda _: None)

    assert reason == (
        "part ended with exit code 0, and cannot be started again (Is a directory)"
    )


def test_who_looks_whether_one_runs_keeps_none_from_starting(tmp_path: Path) -> None:
    """Every command looks, and holds the lock for a moment."""
    looking = (tmp_path / "up.lock").open("a")
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.2, looking.close).start()

    with announced(Settings(data=tmp_path)):
        running = running_up(tmp_path)

    assert running is not None
    assert running.pid == os.getpid()


class Content(BaseHTTPRequestHandler):
    """Is content with whatever it is asked, or with what it has an answer for."""

    answers: Mapping[str, object] | None = None

    def do_GET(self) -> None:
        """Say yes."""
        known = self.answers is None or self.path in self.answers
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps((self.answers or {}).get(self.path)).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing else."""


@contextmanager
def content(port: int, answers: Mapping[str, object] | None = None) -> Iterator[None]:
    """Answer at a port for as long as the block lasts."""
    handler = type("Knowing", (Content,), {"answers": answers})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_two_parts_at_one_port_are_a_mistake_of_the_settings(
    environment: pytest.MonkeyPatch,
) -> None:
    """Both are named, before anything is started."""
    environment.setenv("LETTERBOX_SANDBOX_PORT", "8000")

    result = CliRunner().invoke(app, ["up"])

    assert isinstance(result.exception, SettingsError)
    assert "LETTERBOX_API_PORT and LETTERBOX_SANDBOX_PORT are the same (8000)" in str(
        result.exception
    )


def test_an_empty_file_of_a_secret_leaves_the_made_up_one(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its variable is blank for the parts, in the environment and in `.env`."""
    (tmp_path / "empty").touch()
    environment.setenv("LETTERBOX_OPERATOR_TOKEN_FILE", str(tmp_path / "empty"))
    (tmp_path / ".env").write_text(f"LETTERBOX_DIGEST_KEY_FILE={tmp_path / 'empty'}\n")
    (tmp_path / "var").mkdir()

    secrets = development_secrets(Settings())
    for name, text in child_environment(Settings(), secrets).items():
        environment.setenv(name, text)

    [token] = Settings().operator_tokens
    assert token.decode() == secrets["LETTERBOX_OPERATOR_TOKEN"]
    assert len(Settings().digest_key) == 2


@pytest.mark.parametrize(
    ("in_shell", "in_file", "shown"),
    [
        ("LETTERBOX_OPERATOR_TOKEN=a-token", "", "$LETTERBOX_OPERATOR_TOKEN"),
        ("LETTERBOX_OPERATOR_TOKEN_FILE=token", "", "$(cat token)"),
        ("", "LETTERBOX_OPERATOR_TOKEN_FILE=token", "$(cat token)"),
        (
            "",
            "LETTERBOX_OPERATOR_TOKEN=a-token\n",
            "$(sed -n 's/^LETTERBOX_OPERATOR_TOKEN=//p' .env)",
        ),
        (
            "LETTERBOX_OPERATOR_TOKEN=a-token, another",
            "",
            "${LETTERBOX_OPERATOR_TOKEN%%,*}",
        ),
        ("", 'export LETTERBOX_OPERATOR_TOKEN="a-token"\r\n', "$(sed -En "),
        ("", "X=1\nLETTERBOX_OPERATOR_TOKEN = 'a-token' # mine", "$(sed -En "),
        ("", "LETTERBOX_OPERATOR_TOKEN=a-token,another\n", "$(sed -En "),
    ],
)
def test_the_curl_of_the_operator_api_has_the_token_from_where_it_is(
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    in_shell: str,
    in_file: str,
    shown: str,
) -> None:
    """A shell has nothing of what stands in a file alone."""
    environment.setenv("LETTERBOX_CAREERJET_SECRETS", "configured")
    (tmp_path / "token").write_text("a-token")
    (tmp_path / ".env").write_text(in_file)
    if in_shell:
        environment.setenv(*in_shell.split("=", 1))

    words = greeting(Settings(), {})

    assert f"Bearer {shown}" in words
    [header] = re.findall(r"curl -H (\"Authorization.*\") http", words)
    told = subprocess.run(
        ["bash", "-c", f"printf %s {header}"], capture_output=True, check=True
    )
    assert told.stdout == b"Authorization: Bearer a-token"


def test_the_state_has_no_secret_and_names_what_differs(tmp_path: Path) -> None:
    """Digests tell what was changed since; ports and folder are known by themselves."""
    settings = Settings(data=tmp_path, operator_token=SecretStr("token-of-the-test"))
    with announced(settings) as announcement:
        announcement.started("api", 12)
        running = running_up(tmp_path)

    assert running is not None
    state = tmp_path / "up.json"
    assert "token-of-the-test" not in state.read_text()
    assert state.stat().st_mode & 0o077 == 0
    assert running.differing(settings) == []
    other = {"operator_token": SecretStr("other"), "clamd": "there:1", "api_port": 1}
    assert set(running.differing(settings.model_copy(update=other))) == {
        "LETTERBOX_OPERATOR_TOKEN",
        "LETTERBOX_CLAMD",
    }


async def test_up_makes_no_store_in_the_place_of_one_that_vanished(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its Temporal is started alone, and asked what it knows."""
    environment.delenv("TEMPORAL_ADDRESS")
    settings = Settings(
        temporal_port=free_port(), ui_port=free_port(), data=tmp_path / "var"
    )
    settings.data.mkdir()
    words = temporal_command(
        settings.data / "temporal.db", settings.temporal_port, settings.ui_port
    )
    temporal = Child("temporal", words, dict(os.environ), settings.data / "log")
    async with guarded() as guard, started(temporal, guard, lambda *_: None):
        await eventually(lambda: is_started(settings))

    with pytest.raises(RefusedError) as refused:
        await refuse_vanished_store(settings, temporal, lambda *_: None)

    assert "Temporal knows 1 open application, but the store" in str(refused.value)
    assert "`letterbox init --store --new-store` makes an empty" in str(refused.value)
    other = settings.model_copy(update={"task_queue": "another"})
    await refuse_vanished_store(other, temporal, lambda *_: None)


async def is_started(settings: Settings) -> bool:
    """Start an application that is open, and wait until it is listed."""
    with suppress(TemporalUnavailableError, RPCError, WorkflowAlreadyStartedError):
        client = await connect(settings)
        queue = settings.task_queue
        await client.start_workflow("Application", id="careerjet:1", task_queue=queue)
    return await count_known(settings) == 1

"""An installation that nothing was prepared for, and commands typed beside it."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from letterbox_cli.main import app
from letterbox_cli.up.temporal_server import temporal_command
from tests.end_to_end.processes.program import Command, Program
from tests.moto_server import served_by_moto
from tests.support import answers, clean_environment, free_port

Letterbox = Callable[..., Result]
Doctor = Callable[[], dict[str, list[str]]]

# Otherwise it takes minutes until a failing task is reported.
_REPORT_AT_ONCE = (
    "--dynamic-config-value",
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1",
)


@pytest.fixture(scope="package")
def bare_temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a Temporal without our search attributes, whose schedules are ours."""
    port = free_port()
    folder = tmp_path_factory.mktemp("bare-temporal")
    words = temporal_command(folder / "temporal.db", port, None)
    bare = words[: words.index("--search-attribute")]
    program = Program(
        Command(
            name="temporal",
            words=(*bare, *_REPORT_AT_ONCE),
            environment={"GOGC": "400"},
            folder=folder,
            is_ready=lambda _: answers(port),
        )
    )
    try:
        program.start()
        yield f"127.0.0.1:{port}"
    finally:
        program.end()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Serve S3."""
    with served_by_moto() as endpoint:
        yield endpoint


@pytest.fixture
def refusing_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve an S3 whose credentials have no right to anything, an hour ahead."""
    monkeypatch.setenv("LETTERBOX_S3_ACCESS_KEY", "access")
    monkeypatch.setenv("LETTERBOX_S3_SECRET_KEY", "secret")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}
    )
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Refusing(BaseHTTPRequestHandler):
    """Answers as S3 does to who may not."""

    protocol_version = "HTTP/1.1"

    def refuse(self) -> None:
        """Refuse, whatever was asked."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b"<Error><Code>AccessDenied</Code></Error>"
        self.send_response(403)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = refuse  # noqa: N815 as the base

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Tell a time that is not."""
        return super().date_time_string((timestamp or time.time()) + 3600)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Name a folder as the store and a Temporal that is not there; no `.env`."""
    for name in os.environ.keys() - clean_environment().keys():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{tmp_path / 'store'}")
    monkeypatch.setenv("LETTERBOX_TASK_QUEUE", str(uuid4()))
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    return monkeypatch


@pytest.fixture
def letterbox(environment: pytest.MonkeyPatch) -> Letterbox:
    """Run a command in that environment."""
    del environment  # Which the commands read.
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture
def doctor(letterbox: Letterbox) -> Doctor:
    """Run ``letterbox doctor``; return ``level: message`` lines for each subject."""

    def look() -> dict[str, list[str]]:
        result = letterbox("doctor", "--json")
        lines: dict[str, list[str]] = {}
        findings: list[dict[str, Any]] = json.loads(result.stdout)["items"]
        for finding in findings:
            line = f"{finding['level']}: {finding['words']}"
            lines.setdefault(finding["what"], []).append(line)
        assert result.exit_code == int(not all(one["fine"] for one in findings))
        return lines

    return look


def levels(lines: list[str]) -> list[str]:
    """Return the levels of a subject's findings, without their sentences."""
    return [line.partition(":")[0] for line in lines]

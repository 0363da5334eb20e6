"""What a process imports before it does anything: most of what its start takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, clean_environment, free_port

_SERVERS = {"fastapi", "jinja2", "temporalio.worker", "uvicorn"}
# What few installations have, or few requests need.
_SELDOM = {"authlib", "email.policy", "gql", "joserfc", "maxminddb", "minio", "re2"}
_ENDING = """
import gc, json
from letterbox_cli.garbage import collect_seldom
from letterbox_cli.main import run

usual = gc.get_threshold()
collect_seldom()
seldom = gc.get_threshold()
code = run(["worker"])
counts = {"usual": usual, "seldom": seldom, "now": gc.get_threshold()}
print(json.dumps({**counts, "frozen": gc.get_freeze_count(), "code": code}))
"""


def test_a_worker_imports_what_it_needs() -> None:
    """Each of these is some hundredths of a start, or a tenth."""
    done = _python("-c", "import sys, worker; print(*sys.modules)")

    imported = set(done.stdout.split())
    unused = {*_SERVERS, *_SELDOM, "httpx", "typer"} - {"temporalio.worker"}
    assert "temporalio.worker" in imported
    assert imported & unused == set()


@pytest.mark.parametrize(
    ("command", "unused"),
    [("list", {*_SERVERS, *_SELDOM, "httpx"}), ("doctor", {*_SERVERS, *_SELDOM})],
)
def test_a_command_imports_what_it_needs(
    command: str, unused: set[str], tmp_path: Path
) -> None:
    """Operators type dozens of them; here there is a folder, and no Temporal."""
    done = _python(
        *("-X", "importtime", "-m", "letterbox_cli", command),
        LETTERBOX_DATA=str(tmp_path),
        TEMPORAL_ADDRESS=f"127.0.0.1:{free_port()}",
    )

    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "temporalio.client" in imported
    assert imported & unused == set()


def test_a_worker_collects_garbage_as_usual_once_it_has_started(tmp_path: Path) -> None:
    """Workflows that it forgets are cycles; what it imported is none of its garbage."""
    (tmp_path / "file").touch()
    done = _python("-c", _ENDING, LETTERBOX_STORE=f"file:{tmp_path / 'file' / 'store'}")

    counts = json.loads(done.stdout)
    # It ends at once: its store is no folder.
    assert counts["code"] == 1, done.stderr
    assert counts["seldom"][0] > 100 * counts["usual"][0]
    assert counts["now"] == counts["usual"]
    assert counts["frozen"] > 50_000


def _python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-P", *arguments),
        env=clean_environment() | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

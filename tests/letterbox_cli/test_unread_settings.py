"""Commands and processes tell of a misspelt setting, each in its own way."""

import json
import subprocess
from pathlib import Path

import pytest

from letterbox_cli.main import run
from tests.support import LETTERBOX, ROOT, free_port

WARNING = "LETTERBOX_STOER is not a setting: did you mean LETTERBOX_STORE?"


def letterbox(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person does."""
    return subprocess.run(
        [*LETTERBOX, *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(name="misspelt", autouse=True)
def _misspelt(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PYTHONPATH", str(ROOT))
    environment.setenv("LETTERBOX_STOER", "file:elsewhere")


def test_a_command_tells_it_in_one_line_beside_its_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On standard error: a pipe still has the output alone."""
    Path("positions.json").write_text("[]")

    code = run(["positions", "import", "positions.json", "--force"])

    printed = capsys.readouterr()
    assert code == 0
    assert printed.err == f"warning: {WARNING}\n"
    assert WARNING not in printed.out


def test_help_is_help_alone() -> None:
    """Whoever asks for it has not run anything yet."""
    assert letterbox("list", "--help").stderr == ""


@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_process_logs_it_once(environment: pytest.MonkeyPatch, part: str) -> None:
    """Before it fails of a store that is not there."""
    environment.setenv("LETTERBOX_STORE", "file:/proc/nowhere")
    environment.setenv("LETTERBOX_API_PORT", str(free_port()))
    environment.setenv("LETTERBOX_GEOIP_DATABASE", "absent.mmdb")

    ran = letterbox(part)

    logged = [json.loads(line) for line in ran.stderr.splitlines() if line[0] == "{"]
    unknown = [one for one in logged if one["event"] == "unknown setting"]
    assert [one["variable"] for one in unknown] == ["LETTERBOX_STOER"]
    assert f"warning: {WARNING}" not in ran.stderr

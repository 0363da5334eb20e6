"""A folder that cannot be made is told in one line, with the setting that names it."""

import subprocess
from pathlib import Path

import pytest

from letterbox_cli.main import run
from tests.support import LETTERBOX, ROOT, free_port

PORTS = ("API", "TEMPORAL", "UI", "SANDBOX")


@pytest.fixture(name="nowhere")
def _nowhere(environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make a link that leads nowhere: it is there, and nothing can be made in it."""
    for name in PORTS:
        environment.setenv(f"LETTERBOX_{name}_PORT", str(free_port()))
    environment.setenv("PYTHONPATH", str(ROOT))
    environment.setenv("COLUMNS", "1000")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "absent")
    return link


@pytest.mark.parametrize("words", ["up", "positions import positions.json"])
def test_a_store_that_cannot_be_made_is_named(
    environment: pytest.MonkeyPatch, nowhere: Path, words: str
) -> None:
    """The message is one line, and no traceback."""
    Path("positions.json").write_text("[]")
    environment.setenv("LETTERBOX_STORE", f"file:{nowhere}")

    told = letterbox(*words.split())

    assert told.returncode == 1
    assert told.stderr == (
        f"error: nothing can be created at {nowhere} (LETTERBOX_STORE): "
        "its path leads nowhere\n"
    )


def test_init_names_it_too(
    environment: pytest.MonkeyPatch, nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a step that failed, before the others."""
    environment.setenv("LETTERBOX_STORE", f"file:{nowhere}")

    code = run(["init", "--store"])

    assert code == 1
    assert capsys.readouterr().out.startswith(
        f"FAILED  store: nothing can be created at {nowhere} (LETTERBOX_STORE): "
    )


def test_a_data_folder_that_cannot_be_made_is_named(
    environment: pytest.MonkeyPatch, nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the store lies in it, it is the setting to change."""
    environment.delenv("LETTERBOX_STORE")
    environment.setenv("LETTERBOX_DATA", f"{nowhere}/var")

    up = letterbox("up")
    code = run(["show", "careerjet:1"])

    assert (up.returncode, code) == (1, 1)
    assert up.stderr == (
        f"error: LETTERBOX_DATA: {nowhere}/var cannot be created: File exists\n"
    )
    assert capsys.readouterr().err.startswith(
        f"error: there is no store at {nowhere}/var/store (LETTERBOX_DATA) yet: "
    )


def letterbox(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person does."""
    return subprocess.run(
        [*LETTERBOX, *words], capture_output=True, text=True, timeout=60, check=False
    )

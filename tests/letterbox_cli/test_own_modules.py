"""Which modules the command runs: its own, wherever it is started."""

import subprocess
from pathlib import Path

import pytest

from tests.support import LETTERBOX, ROOT, clean_environment, free_port

_THEIRS = ("settings.py", "worker.py", "api/__init__.py", "domain/__init__.py")


@pytest.fixture(name="their_project")
def _their_project(tmp_path: Path) -> Path:
    """Make a project of somebody else's, whose modules go by our names."""
    for name in _THEIRS:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("raise SystemExit('theirs')\n")
    return tmp_path


def _letterbox(folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (*LETTERBOX, "init", "--store"),
        cwd=folder,
        env=clean_environment()
        | {"PYTHONPATH": path, "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_modules_of_the_current_folder_are_not_imported(their_project: Path) -> None:
    """In a project that has an ``api`` and ``settings`` the command works as ever."""
    ran = _letterbox(their_project, str(ROOT))

    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_foreign_package_before_ours_is_refused_by_name(their_project: Path) -> None:
    """A path that puts theirs first ends every command, with what to do."""
    ran = _letterbox(their_project, f"{their_project}:{ROOT}")

    assert ran.returncode == 1
    assert ran.stderr.startswith("error: `api` is not Letterbox's own module but ")
    assert "environment of its own" in ran.stderr
    assert "Traceback" not in ran.stderr

"""``make``: a folder that was copied does not run the code of another."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

_ANEW = "-m venv --clear .venv"


@pytest.mark.parametrize(
    ("names", "done"),
    [
        ("#!{folder}/.venv/bin/python", "Nothing to be done"),
        ("#!/bin/sh\n'''exec' {folder}/.venv/bin/python", "Nothing to be done"),
        ("#!/elsewhere/.venv/bin/python", _ANEW),
        ("#!/elsewhere{folder}/.venv/bin/python", _ANEW),
    ],
)
def test_an_environment_of_another_folder_is_made_anew(
    tmp_path: Path, names: str, done: str
) -> None:
    """Its commands begin with the Python, and so with the code, of the original."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "letterbox").write_text(names.format(folder=tmp_path.resolve()))
    (tmp_path / ".venv/installed").touch()

    planned = subprocess.run(
        ["make", "--dry-run", "install"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done in planned.stdout
    assert ("--editable" in planned.stdout) == (done == _ANEW)

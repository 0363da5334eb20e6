"""A ``letterbox`` command beside an installation, run in this process."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from letterbox_cli.main import run
from tests.support import clean_environment


def run_command(
    folder: Path, environment: Mapping[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """
    Run a command as somebody would in that folder, to its end.

    A process of its own takes half a second, most of it for what it imports.
    """
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        for name in os.environ.keys() - clean_environment().keys():
            patched.delenv(name)
        for name, text in environment.items():
            patched.setenv(name, text)
        patched.chdir(folder)
        patched.setattr(sys, "stdin", io.StringIO())
        with redirect_stdout(out), redirect_stderr(err):
            code = run(words)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

"""What a new user does: README.md and docs/connect-your-ats.md, word for word."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.processes.curl import NEEDS_CURL
from tests.end_to_end.processes.program import Command, Program
from tests.end_to_end.processes.up_process import Up
from tests.support import LETTERBOX, ROOT, clean_environment, free_port, wait_until

pytestmark = [pytest.mark.processes, NEEDS_CURL]

README = (ROOT / "README.md").read_text()
ATS = (ROOT / "docs/connect-your-ats.md").read_text()
JOE = "careerjet:12345678-aaaa-bbbb-cccc-123456789abc"


def blocks(page: str, language: str = "sh") -> list[str]:
    """Return the blocks of code of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


class Clone:
    """A folder with what the pages name, where `letterbox up` runs by its ``.env``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        binaries = folder / ".venv/bin"
        binaries.mkdir(parents=True)
        for name, words in (("letterbox", LETTERBOX), ("python", LETTERBOX[:1])):
            script = binaries / name
            script.write_text(f'#!/bin/sh\nexec {" ".join(words)} "$@"\n')
            script.chmod(0o755)
        (folder / "letterbox_cli").symlink_to(ROOT / "letterbox_cli")
        self.up = Up(folder)
        # Here all of it is said in `.env`, the data folder too.
        self.environment = {"PYTHONPATH": self.up.environment.pop("PYTHONPATH")}
        self.settings = dict(self.up.environment)
        self.up.environment.clear()
        self.up.environment.update(self.environment)
        self.write(f"{name}={value}\n" for name, value in self.settings.items())

    def write(self, lines: Iterator[str]) -> None:
        """Write ``.env``."""
        (self.folder / ".env").write_text("".join(lines))

    def run(self, script: str) -> str:
        """Run a block in a shell of its own, and return what it prints."""
        ran = subprocess.run(
            ("sh", "-e", "-c", script),
            cwd=self.folder,
            env=clean_environment() | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ran.returncode == 0, ran
        return ran.stdout


@pytest.fixture(name="clone")
def _clone(tmp_path: Path) -> Iterator[Clone]:
    clone = Clone(tmp_path)
    yield clone
    clone.up.end()


def test_the_pages_for_the_first_hour_work_word_for_word(clone: Clone) -> None:
    """The data folder is not the default one: every command finds it all the same."""
    _, send, look = blocks(README)
    choose, source, test, apply = blocks(ATS)
    clone.run(choose.replace("127.0.0.1:9000", f"127.0.0.1:{free_port()}"))
    (clone.folder / "receiver.py").write_text(blocks(ATS, "python")[0])
    receiver = _receiver(clone, source)
    receiver.start()
    clone.up.program.start()
    try:
        tested = clone.run(test)
        answer = clone.run(send)
        clone.run(apply)
        wait_until(lambda: receiver.said().count("application.matched") == 2, within=60)
        wait_until(lambda: JOE in clone.run(look), within=60)
    finally:
        receiver.end()

    said = receiver.said()
    assert "204" in tested
    assert '{"status":"application accepted"}' in answer.replace(": ", ":")
    assert "letterbox.test None\n" in said
    assert f"application.recorded {JOE}\n  Joe Smith applied\n  a document of " in said
    assert "  Ada Example applied\n" in said
    assert "Traceback" not in said


def _receiver(clone: Clone, source: str) -> Program:
    script = source.replace(".venv/bin/python", "exec .venv/bin/python")
    return Program(
        Command(
            name="receiver",
            words=("sh", "-e", "-c", script),
            environment=clone.environment,
            folder=clone.folder,
            is_ready=lambda _: True,
        )
    )

"""Requests by curl: what a board's engineer tries first."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.end_to_end.processes.posted import PostedApplication

NEEDS_CURL = pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
_STATUS = "\n%{http_code}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    code: int
    text: str

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.text)

    @property
    def said(self) -> tuple[int, str]:
        """The code and the board's words for it."""
        return self.code, self.json["status"]


def curl(*arguments: str, body: bytes = b"") -> Answer:
    """Run curl; ``@-`` among its arguments is ``body``. No answer is an error."""
    return run(("curl", *arguments), body)


def run(words: Sequence[str], body: bytes = b"") -> Answer:
    """Run a command that is a curl, or ends with one that takes more arguments."""
    ran = subprocess.run(
        (*words, "--silent", "--show-error", "--max-time", "60", "-w", _STATUS),
        input=body,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    text, _, code = ran.stdout.decode().rpartition("\n")
    return Answer(int(code), text)


def submit(submission: PostedApplication, url: str, *more: str) -> Answer:
    """Post an application by curl, with ``more`` arguments for it."""
    fields = submission.fields().items()
    texts = [
        word for name, text in fields for word in ("--form-string", f"{name}={text}")
    ]
    filename = submission.filename.replace("\\", "\\\\").replace('"', '\\"')
    file = () if submission.cv is None else ("--form", f'cv=@-;filename="{filename}"')
    return curl(*texts, *file, *more, url, body=submission.cv or b"")

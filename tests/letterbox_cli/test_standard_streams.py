"""Commands whose input or output is closed, full, narrow in letters, or not read."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from letterbox_cli.main import run
from tests.letterbox_cli.conftest import Letterbox
from tests.support import LETTERBOX, ROOT

NOBODY = "careerjet:nobody-\udcff"


@pytest.fixture(name="imported", autouse=True)
def _imported(environment: pytest.MonkeyPatch, letterbox: Letterbox) -> None:
    environment.setenv("PYTHONPATH", str(ROOT))
    position = '{"reference": "1", "title": "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"}'
    Path("positions.json").write_text(f"[{position}]", encoding="utf-8")
    assert letterbox("positions", "import", "positions.json").exit_code == 0


def in_shell(words: str, rest: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run a command by a shell, with what the shell does to its streams."""
    line = f"{' '.join(LETTERBOX)} {words} {rest}"
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("style", ["", "--json", "--ndjson"])
def test_who_reads_no_more_sees_no_traceback(style: str) -> None:
    """It ends with 1 at most, as other commands do, and in silence."""
    ran = in_shell(f"positions list {style}", "| true")

    assert ran.returncode in {0, 1}
    assert ran.stderr == b""


@pytest.mark.parametrize("words", ["positions list", "positions list --json"])
def test_a_full_disk_is_told_in_one_line(words: str) -> None:
    """Whatever was to be read there is not there."""
    ran = in_shell(words, "> /dev/full")

    assert ran.returncode == 1
    assert b"No space left on device" in ran.stderr
    assert ran.stderr.count(b"\n") == 1


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_streams_change_nothing(closed: str, letterbox: Letterbox) -> None:
    """What was done is done; nothing that is printed gets into another file."""
    ran = in_shell("positions close 1", closed)
    shown = letterbox("positions", "show", "1", "--json")

    assert ran.returncode == 0
    assert "closed" in shown.stdout


@pytest.mark.parametrize("words", ["positions list", "positions show 1", "--help"])
def test_what_a_terminal_cannot_show_is_an_escape(
    words: str, environment: pytest.MonkeyPatch
) -> None:
    """Rather than the end of the command."""
    environment.setenv("PYTHONIOENCODING", "ascii")

    ran = in_shell(words)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.isascii()


@pytest.mark.parametrize(
    "words",
    [
        ("show", NOBODY),
        ("hold", "careerjet:1", "--reason", "\udcff"),
        ("positions", "show", "\udcff", "--json"),
    ],
)
def test_an_argument_that_is_no_text_is_wrong_usage(words: Sequence[str]) -> None:
    """No key and no JSON could hold it."""
    ran = subprocess.run(
        [*LETTERBOX, *map(os.fsencode, words)],
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 2
    assert b"is not UTF-8" in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        "send careerjet --yes --cv .",
        "send indeed --yes --cv .",
        "erasures apply . --yes",
    ],
)
def test_a_file_that_is_none_is_named(
    words: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the system's own words."""
    for board in ("CAREERJET", "INDEED"):
        environment.setenv(f"LETTERBOX_{board}_SECRETS", "secret")

    code = run(words.split())

    assert code == 1
    assert capsys.readouterr().err == "error: .: Is a directory\n"

"""What a shell completes, and that it never waits long or prints a traceback."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.positions import Position
from letterbox.resources import open_records, open_store
from letterbox.settings import load_settings
from letterbox_cli.completion import _bounded, application_ids, boards, references
from tests.record_factory import record
from tests.support import ROOT, free_port


@pytest.fixture(autouse=True)
def store(environment: pytest.MonkeyPatch) -> None:
    """Have three applications and two positions."""
    del environment
    settings = load_settings()
    opened = open_store(settings)
    opened.prepare()
    records = open_records(settings, opened)
    for name in ("careerjet:12ab", "careerjet:12cd", "seek:x/ä"):
        records.applications.update(record(name))
    for reference in ("DEV-17", "Ops 3"):
        CatalogueWriter(opened).put(Position(reference=reference))


def completed(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Ask what a shell asks when a key is pressed behind the last word."""
    return subprocess.run(
        (sys.executable, "-P", "-m", "letterbox_cli"),
        env=os.environ
        | settings
        | {
            "PYTHONPATH": str(ROOT),
            "_LETTERBOX_COMPLETE": "complete_zsh",
            "_TYPER_COMPLETE_ARGS": " ".join(("letterbox", *words)),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", {"careerjet:12ab", "careerjet:12cd", "seek:x/ä"}),
        ("careerjet:12", {"careerjet:12ab", "careerjet:12cd"}),
        ("careerjet:12a", {"careerjet:12ab"}),
        ("seek:x/", {"seek:x/ä"}),
        ("nobody", set()),
    ],
)
def test_ids_of_applications_are_completed(typed: str, ids: set[str]) -> None:
    """As they are, whatever their keys look like."""
    assert set(application_ids(typed)) == ids


def test_references_and_boards_are_completed() -> None:
    """As people type them: case does not count."""
    assert references("dev") == ["DEV-17"]
    assert set(references("")) == {"DEV-17", "Ops 3"}
    assert boards("s") == ["seek"]


def test_a_shell_is_told_the_ids_behind_a_command() -> None:
    """Through the command itself, as it is installed."""
    told = completed("show", "careerjet:12a")

    assert told.stderr == ""
    assert "careerjet" in told.stdout
    assert ":12ab" in told.stdout
    assert ":12cd" not in told.stdout


@pytest.mark.parametrize(
    "settings",
    [
        {"LETTERBOX_STORE": "nonsense"},
        {"LETTERBOX_STORE": "s3://bucket", "LETTERBOX_S3_ENDPOINT": "http://{away}"},
    ],
    ids=["wrong-settings", "store-away"],
)
def test_a_store_that_is_away_completes_nothing_and_prints_no_traceback(
    settings: dict[str, str],
) -> None:
    """Whoever pressed a key goes on typing."""
    away = f"127.0.0.1:{free_port()}"
    named = {name: text.format(away=away) for name, text in settings.items()}

    told = completed("show", "care", **named)

    assert "Traceback" not in told.stderr + told.stdout
    assert "careerjet" not in told.stdout


def test_a_store_that_hangs_is_not_waited_for() -> None:
    """What came in time is shown."""
    gate = threading.Event()

    def hanging() -> Iterator[str]:
        yield "first"
        gate.wait(60)
        yield "late"

    began = time.monotonic()
    found = _bounded(hanging, 0.2)
    took = time.monotonic() - began
    gate.set()

    assert (found, took < 30) == (["first"], True)


def test_readme_says_how_completion_is_installed() -> None:
    """The colon in an id is a break to bash."""
    readme = Path(ROOT / "README.md").read_text()

    assert "letterbox --install-completion" in readme
    assert "COMP_WORDBREAKS" in readme

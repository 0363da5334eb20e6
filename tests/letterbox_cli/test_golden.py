"""
What every command prints on a terminal of 80 columns, kept in ``golden/``.

Renew the files by ``RENEW_GOLDEN=1 pytest tests/letterbox_cli/test_golden.py``, and
read the difference. What no two runs have in common is replaced by words as long.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer.main
from typer.testing import CliRunner

from letterbox_cli.json_schemas import LINES, OUTPUTS, schema_of
from letterbox_cli.main import app
from tests.letterbox_cli.golden_installation import GoldenInstallation, Printed
from tests.letterbox_cli.golden_steps import STEPS, Step
from tests.letterbox_cli.test_help import commands
from tests.support import ROOT

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = ROOT / "docs/schemas/commands"
_IS_RENEWED = bool(os.environ.get("RENEW_GOLDEN"))
_WIDTH = 80
_HELP = list(commands(typer.main.get_command(app)))

pytestmark = pytest.mark.xdist_group("golden")


@pytest.fixture(name="printed", scope="module")
def _printed(
    temporal_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Printed]]:
    """Run every step in order, in one installation: a hundred commands in all."""
    with GoldenInstallation(
        tmp_path_factory.mktemp("golden"), temporal_address
    ) as ours:
        yield {step.name: ours.run(step) for step in STEPS}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_command_prints_what_its_golden_file_has(
    step: Step, printed: dict[str, Printed]
) -> None:
    """Standard output, then standard error, then the exit code where it is not 0."""
    _assert_same(GOLDEN / f"{step.name}.txt", printed[step.name].text)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_json_of_a_command_is_as_its_schema_says(
    step: Step, printed: dict[str, Printed]
) -> None:
    """The schema is read from its file: others have no more."""
    if step.schema is None:
        pytest.skip("it prints no JSON")
    schema = json.loads((SCHEMAS / f"{step.schema}.json").read_text())
    shown = printed[step.name]

    jsonschema.validate(json.loads(shown.json), schema)
    for line in shown.ndjson.splitlines():
        jsonschema.validate(json.loads(line), schema_of(LINES[step.schema]))
    if step.has_lines:
        items = json.loads(shown.json)["items"]
        assert len(shown.ndjson.splitlines()) == len(items) > 0


@pytest.mark.parametrize("words", _HELP, ids=" ".join)
def test_the_help_of_a_command_is_in_its_golden_file(words: tuple[str, ...]) -> None:
    """In one voice: no types of a library, no values of a choice cut over lines."""
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    text = "\n".join(line.rstrip() for line in shown.stdout.splitlines()).strip("\n")

    assert not re.search(r"<(str|bool|int|path|float)|\{[a-z_]+\}", text)
    _assert_same(GOLDEN / "help" / f"{'-'.join(words)}.txt", text + "\n")


def test_no_line_is_wider_than_the_terminal() -> None:
    """But for an id, an address or an answer on a line of its own, and for exports."""
    wide = [
        line
        for path in GOLDEN.rglob("*.txt")
        if not path.stem.endswith("-export")
        for line in path.read_text().splitlines()
        if len(line) > _WIDTH and len(re.sub(r"^\d{3} ", "", line).split()) > 1
    ]

    assert wide == []


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_published_schema_of_a_command_is_that_of_its_model(name: str) -> None:
    """Regenerate with ``python -m tests.publish_schema``."""
    published = json.loads((SCHEMAS / f"{name}.json").read_text())

    jsonschema.Draft202012Validator.check_schema(published)
    assert published == json.loads(json.dumps(schema_of(OUTPUTS[name])))


def test_every_command_that_prints_json_has_a_schema_and_is_run() -> None:
    """`send seek` and `seek` are, beside the sandbox that they need."""
    printing = {
        words
        for words in _HELP
        if any(param.name == "as_json" for param in _command(words).params)
    }
    run = {step.words[: len(words)] for step in STEPS for words in printing}

    assert {"-".join(words) for words in printing} <= set(OUTPUTS)
    beside = {
        ("seek", words) for words in ("subscribe", "rotate", "status", "backfill")
    }
    assert printing - run == {("send", "seek"), *beside}


def _command(words: tuple[str, ...]) -> Any:
    found: Any = typer.main.get_command(app)
    for word in words:
        found = found.commands[word]
    return found


def test_every_golden_file_is_somebodys() -> None:
    """A command that goes takes its file along."""
    steps = {f"{step.name}.txt" for step in STEPS}
    helps = {f"help/{'-'.join(words)}.txt" for words in _HELP}

    there = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.txt")}
    assert there == steps | helps


def _assert_same(path: Path, text: str) -> None:
    if _IS_RENEWED:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()

"""``--help`` of every command there is."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest
import typer.main
from typer.core import TyperGroup
from typer.testing import CliRunner

from letterbox_cli.lazy_group import LazyCommands
from letterbox_cli.main import app
from tests.support import ROOT, clean_environment


def commands(group: object, *above: str) -> Iterator[tuple[str, ...]]:
    """Walk through commands and their subcommands."""
    if isinstance(group, TyperGroup):
        for name, command in group.commands.items():
            yield (*above, name)
            yield from commands(command, *above, name)


@pytest.mark.parametrize(
    "words", list(commands(typer.main.get_command(app))), ids=" ".join
)
def test_every_command_has_an_example(words: tuple[str, ...]) -> None:
    """Of itself, subcommand included: everyone learns from one."""
    told = CliRunner().invoke(app, [*words, "--help"])

    _, _, examples = told.output.partition("Example")
    assert told.exit_code == 0
    assert "<bool>" not in told.output
    assert f"letterbox {' '.join(words)}" in " ".join(examples.split())


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    """It is written down twice, so that no command is imported for a list."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    lazy = group.commands
    assert isinstance(lazy, LazyCommands)
    for name, command in lazy.items():
        first = " ".join((command.help or "").strip().split("\n\n")[0].split())
        assert lazy.stub(name).help == first, name


def test_help_imports_no_command() -> None:
    """Nor what commands work with, which takes most of a start."""
    printed = subprocess.run(
        (sys.executable, "-P", "-X", "importtime", "-m", "letterbox_cli", "--help"),
        env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    imported = {line.split("|")[-1].strip() for line in printed.stderr.splitlines()}
    assert "letterbox_cli.lazy_group" in imported
    heavy = {"pydantic", "temporalio", "httpx", "letterbox.settings"}
    assert imported & heavy == set()
    assert "erase" in printed.stdout
    assert "<bool>" not in printed.stdout


def test_a_misspelt_command_is_wrong_usage_and_names_the_one_that_was_meant() -> None:
    """Though none was imported to know its name."""
    told = CliRunner().invoke(app, ["shwo"])

    assert told.exit_code == 2
    assert "Did you mean 'show'" in told.output


def test_the_version_is_printed() -> None:
    """The one that events name as their sender."""
    told = CliRunner().invoke(app, ["--version"])

    assert told.stdout == f"letterbox {version('letterbox')}\n"
    assert told.exit_code == 0

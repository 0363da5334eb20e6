"""``--help`` of every command there is."""

from collections.abc import Iterator
from importlib.metadata import version

import pytest
import typer.main
from typer.core import TyperGroup
from typer.testing import CliRunner

from letterbox_cli.main import app


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
    assert f"letterbox {' '.join(words)}" in " ".join(examples.split())


def test_the_version_is_printed() -> None:
    """The one that events name as their sender."""
    told = CliRunner().invoke(app, ["--version"])

    assert told.stdout == f"letterbox {version('letterbox')}\n"
    assert told.exit_code == 0

"""The ``letterbox`` command: registers its subcommands, one file or folder each."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from letterbox_cli import (
    api,
    applications,
    audit,
    doctor,
    erase,
    erasures_and_holds,
    init,
    positions,
    replay,
    restore,
    sandbox,
    send,
    up,
    updates,
    worker,
)
from letterbox_cli.command_line import CommandLine
from letterbox_cli.exit_codes import exit_code_of
from letterbox_cli.options import JSON_OPTIONS
from letterbox_cli.own_modules import refuse_foreign_modules

app = CommandLine(
    name="letterbox",
    help="Durable intake of job applications from job boards, on Temporal.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(send.app, name="send")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(positions.app, name="positions")
# In the order in which `letterbox --help` lists them.
for command in (
    applications,
    updates,
    erase,
    erasures_and_holds,
    restore,
    init,
    doctor,
    replay,
    audit,
    up,
    api,
    worker,
):
    command.add_to(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"letterbox {version('letterbox')}")
        raise typer.Exit


@app.callback()
def _letterbox(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    del version


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end with its exit code: 0 done, 1 failed, 2 wrong usage."""
    code = run(sys.argv[1:] if arguments is None else arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    # temporalio 1.35 on Python 3.11 can abort in the interpreter's own exit, which
    # would turn a success into 134: https://github.com/python/cpython/issues/124619
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command, print what is wrong with it, and return its exit code."""
    as_json = not JSON_OPTIONS.isdisjoint(arguments)

    def command() -> object:
        refuse_foreign_modules()
        # Not by itself, where its errors are to be JSON.
        return app(arguments, prog_name="letterbox", standalone_mode=not as_json)

    return exit_code_of(command, as_json=as_json)

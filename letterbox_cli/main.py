"""The ``letterbox`` command: its subcommands, one file or folder each."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from letterbox_cli.exit_codes import exit_code_of
from letterbox_cli.lazy_group import CommandSource, lazy_group
from letterbox_cli.own_modules import refuse_foreign_modules

# In the order in which `letterbox --help` lists them; a module is imported by the
# command that is typed, so that the others cost it nothing.
_COMMANDS = {
    "list": CommandSource("applications", "List applications, as Temporal knows them."),
    "show": CommandSource(
        "applications",
        "Show what the store holds of an application, the candidate included.",
    ),
    "assign": CommandSource(
        "updates",
        "Choose the position of an application, as a person does for triage.",
    ),
    "refresh": CommandSource(
        "updates",
        "Have the board asked again for an application; what it shows less is kept.",
    ),
    "release": CommandSource(
        "updates",
        "Take a document out of quarantine: the virus scanner is wrong about it.",
    ),
    "status": CommandSource(
        "status", "Note where the candidate stands, and have the board told."
    ),
    "deliver": CommandSource(
        "deliver",
        "Tell the ATS once more where an application stands, or many, by filters.",
    ),
    "hold": CommandSource(
        "hold",
        "Place a legal hold: nothing of the application is deleted, archived or not.",
    ),
    "erase": CommandSource(
        "erase",
        "Remove all there is of an application, or of a person; a tombstone remains.",
    ),
    "restore": CommandSource(
        "restore",
        "Verify an archive and unpack it into a folder; the store is left as it is.",
    ),
    "init": CommandSource(
        "init",
        "Make the bucket, the search attributes and the schedules; repeat at will.",
    ),
    "doctor": CommandSource(
        "doctor",
        "Check the settings, the store, Temporal and the boards; say what is wrong.",
    ),
    "replay": CommandSource(
        "replay", "Replay a recorded history against today's workflow code."
    ),
    "audit": CommandSource(
        "audit", "Walk the store and Temporal both ways, and say what is wrong."
    ),
    "up": CommandSource(
        "up", "Run everything on this machine in the foreground, for development."
    ),
    "api": CommandSource("api", "Run one API process."),
    "worker": CommandSource("worker", "Run one worker process; SIGTERM drains it."),
    "send": CommandSource("send", "Send an application as a board would."),
    "sandbox": CommandSource("sandbox", "Serve a stand-in for a board."),
    "positions": CommandSource("positions", "The catalogue of positions."),
    "seek": CommandSource(
        "seek", "SEEK: its webhook's subscriptions, and what was missed."
    ),
    "erasures": CommandSource(
        "erasures_and_holds",
        "What was erased: a list to keep outside, and to apply after a restore.",
    ),
    "holds": CommandSource(
        "erasures_and_holds",
        "What is held: a list to keep outside, and to apply after a restore.",
    ),
}

app = typer.Typer(
    cls=lazy_group(_COMMANDS),
    name="letterbox",
    help="Durable intake of job applications from job boards, on Temporal.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"letterbox {version('letterbox')}")
        raise typer.Exit


# These report what nothing reads by themselves, or have their processes report it.
_REPORTING = {"doctor", "api", "worker", "up"}
_HELP = {"-h", "--help"}


def _warn_of_unread_settings() -> None:
    """Print a line for each misspelt setting, before the command does without it."""
    from letterbox.unread_settings import unread_settings

    # A `.env` that cannot be read is reported by whoever needs the settings.
    with suppress(OSError, UnicodeDecodeError):
        for unread in unread_settings():
            typer.echo(f"warning: {unread}", err=True)


@app.callback()
def _letterbox(
    context: typer.Context,
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
    if context.invoked_subcommand not in _REPORTING and not _HELP & {*sys.argv}:
        _warn_of_unread_settings()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end with its exit code: 0 done, 1 failed, 2 wrong usage."""

    def command() -> None:
        refuse_foreign_modules()
        app(arguments, prog_name="letterbox")

    code = exit_code_of(command)
    sys.stdout.flush()
    sys.stderr.flush()
    # temporalio 1.35 on Python 3.11 can abort in the interpreter's own exit, which
    # would turn a success into 134: https://github.com/python/cpython/issues/124619
    os._exit(code)

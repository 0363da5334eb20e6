"""The ``letterbox`` command: its subcommands, one file or folder each."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from letterbox_cli.command_line import CommandLine
from letterbox_cli.exit_codes import exit_code_of, sysexits_code
from letterbox_cli.garbage import collect_seldom
from letterbox_cli.lazy_group import CommandSource, lazy_group
from letterbox_cli.options import JSON_OPTIONS
from letterbox_cli.own_modules import refuse_foreign_modules
from letterbox_cli.standard_streams import (
    finish_standard_streams,
    prepare_standard_streams,
)

# In the order in which `letterbox --help` lists them; a module is imported by the
# command that is typed, so that the others cost it nothing.
_COMMANDS = {
    "list": CommandSource("applications", "List applications, as Temporal knows them."),
    "show": CommandSource(
        "applications",
        "Show all that is known of an application, the candidate included.",
    ),
    "history": CommandSource(
        "history",
        "Show what has happened to an application.",
    ),
    "journal": CommandSource(
        "journal",
        "Show who saw and who did what, the latest first; nothing of candidates.",
    ),
    "watch": CommandSource(
        "watch", "Show applications as they arrive, and again when their stage changes."
    ),
    "assign": CommandSource(
        "updates",
        "Choose the position of an application, such as one in triage.",
    ),
    "refresh": CommandSource(
        "updates",
        "Ask the board for an application again; nothing is lost if it now shows less.",
    ),
    "release": CommandSource(
        "updates",
        "Take a document out of quarantine when the virus scanner is wrong.",
    ),
    "status": CommandSource(
        "status", "Record where the candidate stands, and report it to the board."
    ),
    "deliver": CommandSource(
        "deliver",
        "Send an application, or many by filters, to the ATS again.",
    ),
    "hold": CommandSource(
        "hold",
        "Place a legal hold, so that nothing of the application is deleted.",
    ),
    "erase": CommandSource(
        "erase",
        "Erase an application, or all of a person; only a tombstone remains.",
    ),
    "export": CommandSource(
        "export",
        "Write all that is held of a person, and who saw it, into one zip.",
    ),
    "restore": CommandSource(
        "restore",
        "Verify an archive and unpack it into a folder; the archive does not change.",
    ),
    "init": CommandSource(
        "init",
        "Create the bucket, the search attributes and the schedules; safe to repeat.",
    ),
    "doctor": CommandSource(
        "doctor",
        "Check settings, store, Temporal, boards and ATS, and say what is wrong.",
    ),
    "replay": CommandSource(
        "replay", "Replay a recorded history against the current workflow code."
    ),
    "audit": CommandSource(
        "audit", "Compare the store with Temporal, and say what is wrong."
    ),
    "up": CommandSource(
        "up", "Run everything on this machine in the foreground, for development."
    ),
    "api": CommandSource("api", "Run one API process, or several at one port."),
    "worker": CommandSource(
        "worker", "Run one worker process, or several; SIGTERM stops them gracefully."
    ),
    "send": CommandSource("send", "Send an application as a board would."),
    "mail": CommandSource(
        "mail", "Pass the e-mail on standard input on to the API, as an application."
    ),
    "sandbox": CommandSource("sandbox", "Simulate a board."),
    "positions": CommandSource("positions", "Manage the catalogue of positions."),
    "operators": CommandSource(
        "operators", "Manage who may call the operator API, and what each may do."
    ),
    "seek": CommandSource(
        "seek", "Manage SEEK's webhook subscriptions, and fetch what was missed."
    ),
    "erasures": CommandSource(
        "erasures_and_holds",
        "List what was erased, and erase it again after a restore.",
    ),
    "holds": CommandSource(
        "erasures_and_holds",
        "List the legal holds, and place them again after a restore.",
    ),
}

app = CommandLine(
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
    from letterbox.settings.unread import unparsed_lines, unread_settings

    # A `.env` that cannot be read is reported by whoever needs the settings.
    with suppress(OSError, UnicodeDecodeError):
        for mistake in (*unparsed_lines(), *unread_settings()):
            typer.echo(f"warning: {mistake}", err=True)


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
    words = sys.argv[1:] if arguments is None else arguments
    collect_seldom()
    # It would look for some in all distributions that are installed, for 20 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prepare_standard_streams()
    code = run(words)
    # What became of a message is in the code of `mail`, whoever reads its words.
    if not finish_standard_streams() and not _speaks_sysexits(words):
        code = code or 1
    # temporalio 1.35 on Python 3.11 can abort in the interpreter's own exit, which
    # would turn a success into 134: https://github.com/python/cpython/issues/124619
    os._exit(code)


def _refuse_undecodable(arguments: Sequence[str]) -> None:
    """Refuse what no key, no JSON and no header can hold, before it gets there."""
    for number, argument in enumerate(arguments, 1):
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise typer.BadParameter(f"argument {number} is not UTF-8") from None


def run(arguments: Sequence[str]) -> int:
    """Run a command, print what is wrong with it, and return its exit code."""
    as_json = not JSON_OPTIONS.isdisjoint(arguments)

    def command() -> object:
        refuse_foreign_modules()
        # An e-mail's recipient is sent on as its bytes are.
        if not _speaks_sysexits(arguments):
            _refuse_undecodable(arguments)
        # Not by itself, where its errors are to be JSON.
        return app(arguments, prog_name="letterbox", standalone_mode=not as_json)

    code = exit_code_of(command, as_json=as_json)
    return sysexits_code(code) if _speaks_sysexits(arguments) else code


def _speaks_sysexits(arguments: Sequence[str]) -> bool:
    """Return whether it is the command that a mail server runs."""
    return list(arguments[:1]) == ["mail"]

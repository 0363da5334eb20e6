"""Asks a person before anything is done that cannot be undone."""

import sys
from typing import Annotated

import typer

Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask for confirmation; for scripts.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be done, but do nothing.")
]

_MAX_ANSWER = 100


def refuse_without_terminal(*, yes: bool) -> None:
    """End with 2 where nobody can be asked, before anything is looked at."""
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter(
            "this cannot be undone, and standard input is not a terminal to confirm it"
            " on: add --yes, or --dry-run to see what would be done"
        )


def confirm(question: str, *, yes: bool) -> None:
    """Ask on standard error; end with 1, having done nothing, unless told ``y``."""
    if yes:
        return
    # Not by typer, which writes a blank of its prompt to standard output.
    typer.echo(f"{question} [y/N]: ", nl=False, err=True)
    if sys.stdin.readline(_MAX_ANSWER).strip().lower() not in {"y", "yes"}:
        typer.echo("nothing was done", err=True)
        raise typer.Exit(1)

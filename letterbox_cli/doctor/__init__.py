"""``letterbox doctor``: checks an installation, and says what is wrong with it."""

import asyncio
import json

import typer

from letterbox_cli.options import Json
from letterbox_cli.wrapped import print_wrapped

_MARKS = {"ok": "ok   ", "warning": "note ", "wrong": "WRONG"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox doctor --json")(doctor)


def doctor(as_json: Json = False) -> None:
    """Check settings, store, Temporal, boards and ATS, and say what is wrong."""
    from letterbox_cli.doctor.diagnosis import diagnose

    findings = asyncio.run(diagnose())
    if as_json:
        typer.echo(json.dumps([finding.model_dump() for finding in findings]))
    else:
        for finding in findings:
            print_wrapped(_MARKS[finding.level], f"{finding.what}: {finding.words}")
    if any(not finding.fine for finding in findings):
        raise typer.Exit(1)

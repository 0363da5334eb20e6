"""``letterbox init``, ``doctor`` and ``replay``: for those who run it."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Give the command its subcommands about operation."""
    app.command(epilog="Example: letterbox init")(init)
    app.command(epilog="Example: letterbox doctor --json")(doctor)
    app.command(epilog="Example: letterbox replay history.json")(replay)


def init() -> None:
    """Make the bucket, the search attributes and the schedules; repeat at will."""
    from cli.preparation import prepare

    asyncio.run(prepare())


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check the settings, the store, Temporal and the boards; say what is wrong."""
    from cli.diagnosis import diagnose

    findings = asyncio.run(diagnose())
    if as_json:
        typer.echo(json.dumps([finding.model_dump() for finding in findings]))
    else:
        for finding in findings:
            mark = "ok   " if finding.fine else "WRONG"
            typer.echo(f"{mark}  {finding.what}: {finding.words}")
    if any(not finding.fine for finding in findings):
        raise typer.Exit(1)


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="From `temporal workflow show -o json`."
        ),
    ],
) -> None:
    """Replay a recorded history against today's workflow code."""
    from cli.replaying import replay_history

    events = asyncio.run(replay_history(file.stem, file.read_text()))
    typer.echo(f"{file.name} replays: {events} events")

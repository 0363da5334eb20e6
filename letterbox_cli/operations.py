"""``letterbox init``, ``doctor`` and ``replay``: for those who run it."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
StoreOnly = Annotated[
    bool,
    typer.Option(
        "--store",
        help="Make the store only: what an API needs, while there is no Temporal yet.",
    ),
]
Prune = Annotated[
    bool,
    typer.Option("--prune", help="Remove schedules that the settings do not ask for."),
]


def add_to(app: typer.Typer) -> None:
    """Give the command its subcommands about operation."""
    app.command(epilog="Example: letterbox init --json")(init)
    app.command(epilog="Example: letterbox doctor --json")(doctor)
    app.command(epilog="Example: letterbox replay history.json")(replay)


def init(as_json: Json = False, store: StoreOnly = False, prune: Prune = False) -> None:
    """Make the bucket, the search attributes and the schedules; repeat at will."""
    if not asyncio.run(_prepared(as_json=as_json, store_only=store, prune=prune)):
        raise typer.Exit(1)


async def _prepared(*, as_json: bool, store_only: bool, prune: bool) -> bool:
    """Tell of each step when it is done; as JSON, of all of them in the end."""
    from letterbox_cli.init import prepare

    steps = []
    async for step in prepare(store_only=store_only, prune=prune):
        steps.append(step)
        if not as_json:
            mark = "ok    " if step.done else "FAILED"
            typer.echo(f"{mark}  {step.what}: {step.words}")
    if as_json:
        typer.echo(json.dumps([step.model_dump() for step in steps]))
    return all(step.done for step in steps)


def doctor(as_json: Json = False) -> None:
    """Check the settings, the store, Temporal and the boards; say what is wrong."""
    from letterbox_cli.doctor import diagnose

    marks = {"ok": "ok   ", "warning": "note ", "wrong": "WRONG"}
    findings = asyncio.run(diagnose())
    if as_json:
        typer.echo(json.dumps([finding.model_dump() for finding in findings]))
    else:
        for finding in findings:
            typer.echo(f"{marks[finding.level]}  {finding.what}: {finding.words}")
    if any(not finding.fine for finding in findings):
        raise typer.Exit(1)


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="From `temporal workflow show -o json`.",
        ),
    ],
) -> None:
    """Replay a recorded history against today's workflow code."""
    from letterbox_cli.replay import replay_history

    events = asyncio.run(
        replay_history(file.stem, file.read_text("utf-8", errors="replace"))
    )
    typer.echo(f"{file.name} replays: {events} events")

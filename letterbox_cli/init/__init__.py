"""``letterbox init``: makes what the processes need in the store and in Temporal."""

import asyncio
import json
from typing import Annotated

import typer

from letterbox_cli.options import Json
from letterbox_cli.wrapped import print_wrapped

StoreOnly = Annotated[
    bool,
    typer.Option(
        "--store",
        help="Prepare only the store: enough for the API, before Temporal is up.",
    ),
]
Prune = Annotated[
    bool,
    typer.Option("--prune", help="Remove schedules that the settings no longer need."),
]


_OK, _NOTE, _FAILED = "ok    ", "note  ", "FAILED"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox init --json")(init)


def init(as_json: Json = False, store: StoreOnly = False, prune: Prune = False) -> None:
    """Create the bucket, the search attributes and the schedules; safe to repeat."""
    if not asyncio.run(_prepared(as_json=as_json, store_only=store, prune=prune)):
        raise typer.Exit(1)


async def _prepared(*, as_json: bool, store_only: bool, prune: bool) -> bool:
    """Print each step when it is done; as JSON, all of them in the end."""
    from letterbox_cli.init.steps import prepare

    steps = []
    async for step in prepare(store_only=store_only, prune=prune):
        steps.append(step)
        if not as_json:
            mark = _NOTE if step.note else _OK if step.done else _FAILED
            print_wrapped(mark, f"{step.what}: {step.words}")
    if as_json:
        typer.echo(json.dumps([step.model_dump() for step in steps]))
    return all(step.done for step in steps)

"""``letterbox init``: makes what the processes need in the store and in Temporal."""

import asyncio
from typing import Annotated

import typer

from letterbox_cli.init.init_options import InitOptions
from letterbox_cli.options import Json

StoreOnly = Annotated[
    bool,
    typer.Option(
        "--store",
        help="Prepare only the store: enough for the API, before Temporal is up.",
    ),
]
NewStore = Annotated[
    bool,
    typer.Option(
        "--new-store",
        help="Make an empty store, though Temporal knows applications of another.",
    ),
]
Prune = Annotated[
    bool,
    typer.Option("--prune", help="Remove schedules that the settings no longer need."),
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox init --json")(init)


def init(
    as_json: Json = False,
    store: StoreOnly = False,
    new_store: NewStore = False,
    prune: Prune = False,
) -> None:
    """Create the bucket, the search attributes and the schedules; safe to repeat."""
    options = InitOptions(store_only=store, new_store=new_store, prune=prune)
    if not asyncio.run(_prepared(options, as_json=as_json)):
        raise typer.Exit(1)


async def _prepared(options: InitOptions, *, as_json: bool) -> bool:
    """Print each step when it is done; as JSON, all of them in the end."""
    from letterbox_cli.init.steps import prepare
    from letterbox_cli.output import print_items, print_marked

    steps = []
    async for step in prepare(options):
        steps.append(step)
        if not as_json:
            mark = "note" if step.note else "ok" if step.done else "FAILED"
            print_marked(mark, step.what, step.words)
    is_fine = all(step.done for step in steps)
    if as_json:
        print_items(steps, fine=is_fine)
    return is_fine

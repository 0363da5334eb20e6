"""``letterbox up``: everything on this machine, for development and a first look."""

import asyncio

import typer

from letterbox.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox up")(up)


def up() -> None:
    """Run everything on this machine in the foreground, for development."""
    from letterbox_cli.up.run import run_everything

    asyncio.run(run_everything(load_settings()))

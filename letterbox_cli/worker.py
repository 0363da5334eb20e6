"""``letterbox worker``: one process that runs workflows and activities."""

import asyncio

import typer

from letterbox.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: TEMPORAL_ADDRESS=temporal:7233 letterbox worker")(
        worker
    )


def worker() -> None:
    """Run one worker process; SIGTERM stops it gracefully."""
    from worker import run_worker

    asyncio.run(run_worker(load_settings()))

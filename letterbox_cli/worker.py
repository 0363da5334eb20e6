"""``letterbox worker``: processes that run workflows and activities."""

import asyncio

import typer

from letterbox.settings import load_settings
from letterbox_cli.garbage import collect_as_usual
from letterbox_cli.processes.option import Processes


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: TEMPORAL_ADDRESS=temporal:7233 letterbox worker")(
        worker
    )


def worker(processes: Processes = None) -> None:
    """Run one worker process, or several; SIGTERM stops them gracefully."""
    settings = load_settings()
    count = processes or settings.worker_processes
    if count > 1:
        from letterbox_cli.processes.run import run_workers

        run_workers(settings, count)
        return
    from worker import run_worker

    collect_as_usual()
    asyncio.run(run_worker(settings))

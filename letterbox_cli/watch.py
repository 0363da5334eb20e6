"""``letterbox watch``: applications as they arrive."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.settings import Settings, load_settings
from letterbox_cli.options import Ndjson
from letterbox_cli.output import print_json
from letterbox_cli.send_update import open_records

if TYPE_CHECKING:
    from letterbox.arrivals import Arrival, Arrivals


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox watch --every 5")(watch)


def watch(
    every: Annotated[
        float, typer.Option(help="Seconds between two checks.", min=0.5, max=3600)
    ] = 2.0,
    ndjson: Ndjson = False,
) -> None:
    """
    Show applications as they arrive, and again when their stage changes.

    Times are UTC. Ctrl-C stops it.
    """
    try:
        asyncio.run(_watch(load_settings(), every, ndjson=ndjson))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


async def _watch(settings: Settings, every: float, *, ndjson: bool) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    arrivals = await _open(settings)
    message = f"Checking every {every:g} s for applications; Ctrl-C stops."
    typer.echo(message, err=True)
    while True:
        async for arrival in arrivals.since(began):
            print_json(arrival) if ndjson else typer.echo(_line(arrival))
        await asyncio.sleep(every)


async def _open(settings: Settings) -> Arrivals:
    from letterbox.arrivals import Arrivals
    from letterbox.resources import open_store
    from letterbox.temporal.client import connect

    # Lazily: what is started later is watched from its start.
    return Arrivals(
        client=await connect(settings, lazy=True),
        task_queue=settings.task_queue,
        store=open_store(settings, hurried=True),
        applications=open_records(settings).applications,
        on_trouble=lambda trouble: typer.echo(f"note: {trouble}", err=True),
    )


def _line(arrival: Arrival) -> str:
    """Return a line with the id whole, wherever it ends."""
    why = arrival.position or arrival.reason or ""
    at = f"{arrival.at:%H:%M:%S}"
    return f"{at}  {arrival.stage:<9}  {arrival.id}  {why}".rstrip()

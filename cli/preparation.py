"""What ``letterbox init`` makes."""

import typer

import temporal
from cli.context import open_store
from settings import load_settings


async def prepare() -> None:
    """Make the bucket, the search attributes and the schedules."""
    settings = load_settings()
    open_store().check()
    typer.echo(f"store       {settings.store_url}")
    client = await temporal.connect(settings)
    await temporal.add_search_attributes(client)
    typer.echo(f"attributes  in namespace {client.namespace}")
    for name in await temporal.make_schedules(client, settings):
        typer.echo(f"schedule    {name}")

"""What ``letterbox init`` makes."""

import typer

import schedules
import temporal
from cli.context import open_store
from domain.errors import StoreUnavailableError
from domain.ports import ObjectStore
from settings import Settings, load_settings


async def prepare() -> None:
    """Make the bucket, the search attributes and the schedules."""
    settings = load_settings()
    store = open_store()
    store.check()
    typer.echo(f"store       {settings.store_url}")
    if settings.store_url.startswith("s3://"):
        _set_lifecycle(store, settings)
    client = await temporal.connect(settings)
    await temporal.add_search_attributes(client)
    typer.echo(f"attributes  in namespace {client.namespace}")
    for name in await schedules.make_schedules(client, settings):
        typer.echo(f"schedule    {name}")


def _set_lifecycle(store: ObjectStore, settings: Settings) -> None:
    """Have the bucket end what was cut short, and the keeping of archives."""
    from gateways.s3_store import S3Store

    if not isinstance(store, S3Store):
        return
    try:
        store.set_lifecycle(settings.archive_keep)
    except StoreUnavailableError as error:
        if settings.archive_keep:
            raise
        typer.echo(f"lifecycle   not set ({error}): clean up cut uploads yourself")
    else:
        typer.echo("lifecycle   of the bucket")

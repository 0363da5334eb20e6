"""Makes what the processes need, step by step."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from letterbox.domain.errors import (
    NotFoundError,
    StoreUnavailableError,
    TemporalUnavailableError,
)
from letterbox.domain.ports import ObjectStore
from letterbox.resources import open_store
from letterbox.settings import Settings, load_settings
from letterbox.store_trouble import is_all_there_is, trouble
from letterbox.temporal import namespace, schedules
from letterbox.temporal import search_attributes as attributes
from letterbox_cli.init.init_options import InitOptions
from letterbox_cli.missing_store import count_known, is_missing, vanished
from letterbox_cli.reach_temporal import reach_temporal
from letterbox_cli.up.beside import as_up_runs
from letterbox_cli.up.state import differing_temporal, running_up


class InitStep(BaseModel):
    """One thing that was made, existed, or could not be made."""

    what: str
    done: bool
    """False where it has to be done before anything works as it should."""
    note: bool = False
    """Whether it was not made, and nothing is wrong without it."""
    words: str


async def prepare(options: InitOptions) -> AsyncIterator[InitStep]:
    """
    Make the bucket, the search attributes and the schedules, one after another.

    In the Temporal of a `letterbox up`, what that one needs is made and kept.
    """
    settings = load_settings()
    up = running_up(settings.data)
    if not up or differing_temporal(up.ports["LETTERBOX_TEMPORAL_PORT"]):
        async for step in _prepare(settings, options):
            yield step
        return
    with as_up_runs(settings) as (of_up, _):
        async for step in _prepare(of_up, options):
            yield step


async def _prepare(settings: Settings, options: InitOptions) -> AsyncIterator[InitStep]:
    store = open_store(settings)
    try:
        if not options.new_store and (
            hindrance := await _hindrance(store, settings, options)
        ):
            yield hindrance
            return
        made = await asyncio.to_thread(_store, store, settings)
        is_there = made.done
    except StoreUnavailableError as error:
        made = InitStep(what="store", done=False, words=trouble(settings, error))
        is_there = not is_all_there_is(error)
    yield made
    if is_there and settings.store_url.startswith("s3://"):
        yield await asyncio.to_thread(_lifecycle, store, settings.archive_keep)
    if options.store_only:
        return
    try:
        client = await reach_temporal(settings)
    except TemporalUnavailableError as error:
        yield InitStep(what="temporal", done=False, words=str(error))
        return
    try:
        yield await _attributes(client)
    except NotFoundError as error:
        yield InitStep(what="temporal", done=False, words=str(error))
        return
    async for step in _schedules(client, settings, prune=options.prune):
        yield step


async def _hindrance(
    store: ObjectStore, settings: Settings, options: InitOptions
) -> InitStep | None:
    """
    Refuse to put an empty store in the place of one that has vanished.

    ``--store`` is for the first start, before there is a Temporal to ask.
    """
    if not await asyncio.to_thread(is_missing, store, settings):
        return None
    count = await count_known(settings)
    if count is None and not options.store_only:
        words = (
            f"{settings.store_name} is missing, and no Temporal answers that could say "
            "whether it ever held applications: start Temporal first; for a first "
            "start, `letterbox init --store` makes the store alone"
        )
        return InitStep(what="store", done=False, words=words)
    if not count:
        return None
    return InitStep(what="store", done=False, words=vanished(settings, count))


def _store(store: ObjectStore, settings: Settings) -> InitStep:
    hindrance = None
    try:
        store.prepare()
    except StoreUnavailableError as error:
        # Somebody else may have made it, and credentials need no more than objects.
        hindrance = error
    try:
        store.check()
    except StoreUnavailableError as error:
        if hindrance is None or hindrance.code == error.code:
            raise hindrance or error from None
        message = (
            f"{settings.store_url} cannot be created ({hindrance}): create it yourself"
        )
        return InitStep(what="store", done=False, words=message)
    message = f"{settings.store_url} can be written and read"
    return InitStep(what="store", done=True, words=message)


def _lifecycle(store: ObjectStore, keep: timedelta | None) -> InitStep:
    """Set the bucket's rules for interrupted uploads and for expired archives."""
    from letterbox.storage.s3.store import S3Store

    if not isinstance(store, S3Store):
        raise TypeError("no bucket")
    try:
        store.set_lifecycle(keep)
    except StoreUnavailableError as error:
        message = (
            f"not set ({error}): the credentials need to get and put the lifecycle "
            "configuration, or remove archives and incomplete uploads yourself"
        )
        # Without it nothing is lost; where archives are to end, they would not.
        is_needed = keep is not None
        return InitStep(
            what="lifecycle", done=not is_needed, note=not is_needed, words=message
        )
    kept = "as long as LETTERBOX_ARCHIVE_KEEP says" if keep else "forever"
    message = f"the bucket removes incomplete uploads, and keeps archives {kept}"
    return InitStep(what="lifecycle", done=True, words=message)


async def _attributes(client: Client) -> InitStep:
    try:
        missing = await namespace.missing_search_attributes(client)
        await namespace.add_search_attributes(client)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotFoundError(namespace.missing(client.namespace)) from None
        required = ", ".join(
            f"{key.name} ({key.indexed_value_type.name})" for key in attributes.ALL
        )
        message = (
            f"cannot be created in namespace {client.namespace} ({error.status.name}): "
            f"create them in Temporal's UI, or with its CLI or tcld: {required}"
        )
        return InitStep(what="attributes", done=False, words=message)
    made = f"created {', '.join(missing)}" if missing else "all exist"
    message = f"namespace {client.namespace}: {made}"
    return InitStep(what="attributes", done=True, words=message)


async def _schedules(
    client: Client, settings: Settings, *, prune: bool
) -> AsyncIterator[InitStep]:
    removed: list[str] = []
    try:
        names = await schedules.make_schedules(client, settings)
        if prune:
            removed = await schedules.prune_schedules(client, settings)
        surplus = await schedules.surplus_schedules(client, settings)
    except RPCError as error:
        message = (
            f"cannot be created in namespace {client.namespace}: {error.status.name}"
        )
        yield InitStep(what="schedule", done=False, words=message)
        return
    for name in names:
        yield InitStep(what="schedule", done=True, words=f"{name}, as the settings say")
    for name in removed:
        yield InitStep(what="schedule", done=True, words=f"{name} removed")
    for name in surplus:
        message = f"{name} is no longer needed: `letterbox init --prune` removes it"
        yield InitStep(what="schedule", done=True, words=message)

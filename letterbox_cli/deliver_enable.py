"""What the ATS is owed goes first: for ``deliver ID``, and for ``--enable``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from letterbox.domain.plurals import plural
from letterbox_cli.bulk_updates import BulkUpdates
from letterbox_cli.output import print_line, shown_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from letterbox.domain.ports import ObjectStore
    from letterbox.domain.status import Status
    from letterbox.settings import Settings
    from letterbox.temporal.updates import Updates
    from letterbox_cli.output import ShowProgress

_MAX_NAMED = 10


def catch_up(settings: Settings, store: ObjectStore, *, quietly: bool) -> None:
    """
    Ask every application to deliver what the ATS is owed; the workers deliver.

    It may be interrupted and repeated, since what was delivered is owed no longer.
    ``quietly`` prints to standard error.
    """
    from letterbox.records.owed_events import owed_applications

    with shown_progress() as show:
        ids = list(
            owed_applications(store, lambda read: show("reading records", read, None))
        )
        if not ids:
            typer.echo("the ATS has missed nothing", err=quietly)
            return
        bulk = asyncio.run(_ask_all(settings, ids, show))
    left = len(ids) - bulk.answered
    count = plural(bulk.answered, "application")
    typer.echo(f"the ATS is being sent what it missed of {count}", err=quietly)
    print_failed(bulk)
    if left:
        typer.echo(
            f"{left} could not be reached: run `letterbox deliver --enable` again",
            err=True,
        )
        raise typer.Exit(1)


def print_failed(bulk: BulkUpdates) -> None:
    """Name the first of those that could not be asked, and why, on standard error."""
    for application_id, why in bulk.failed[:_MAX_NAMED]:
        print_line(f"{application_id}: {why}", hanging=2, err=True)
    if len(bulk.failed) > _MAX_NAMED:
        typer.echo(f"and {len(bulk.failed) - _MAX_NAMED} more", err=True)


async def _ask_all(
    settings: Settings, ids: Sequence[str], show: ShowProgress
) -> BulkUpdates:
    from letterbox.temporal.updates import Updates
    from letterbox_cli.reach_temporal import reach_temporal

    updates = Updates(await reach_temporal(settings), settings.task_queue)
    bulk = BulkUpdates(show)
    await bulk.run(ids, updates.catch_up)
    return bulk


async def catch_up_and_deliver(updates: Updates, application_id: str) -> Status:
    """Send what is owed of it first: where it stands now comes last."""
    await updates.catch_up(application_id)
    return await updates.deliver(application_id)

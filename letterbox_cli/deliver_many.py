"""``letterbox deliver`` with filters: many applications, in the order of their ids."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import typer

from letterbox.domain.application import Stage
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.plurals import plural
from letterbox_cli.bulk_updates import BulkUpdates
from letterbox_cli.deliver_enable import print_failed
from letterbox_cli.in_journal import open_journal
from letterbox_cli.known_ats import refuse_without_ats
from letterbox_cli.options import built
from letterbox_cli.output import print_items, print_json, print_line, shown_progress

if TYPE_CHECKING:
    from temporalio.client import Client

    from letterbox.domain.listing import Filter, Item
    from letterbox.settings import Settings
    from letterbox_cli.output import ShowProgress

_PAGE = 200

Style = Literal["text", "json", "ndjson"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which applications; ``after`` leaves out those up to an id."""

    all: bool = False
    stage: Stage | None = None
    position: str | None = None
    hirer: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything was said of which are meant."""
        narrowed = (self.stage, self.position, self.hirer, self.since, self.until)
        return self.all or any(one is not None for one in narrowed)


def deliver_many(
    settings: Settings,
    selection: Selection,
    *,
    rate: float,
    dry_run: bool,
    style: Style,
) -> None:
    """
    Tell the ATS of all that are selected, what is owed first; exit 1 where any fails.

    Stopped by Ctrl-C or by a silence, it says how to go on. Without an ATS it is
    refused, and nothing is in the journal.
    """
    with shown_progress() as show:
        items = asyncio.run(_selected(settings, selection, show))
    if dry_run or not items:
        _print_selected(items, selection, style)
        return
    refuse_without_ats(settings)
    ids = [item.id for item in items]
    with shown_progress() as show:
        bulk = _told(settings, ids, rate, show)
    print_failed(bulk)
    if style != "text":
        _print_outcome(bulk, selected=len(ids), ndjson=style == "ndjson")
    else:
        typer.echo(
            f"{bulk.answered} of {plural(len(ids), 'application')} sent to the ATS"
        )
    if bulk.answered < len(ids):
        raise typer.Exit(1)


def _print_outcome(bulk: BulkUpdates, *, selected: int, ndjson: bool) -> None:
    from letterbox_cli.json_models import BulkDelivery, NotAsked

    failed = tuple(NotAsked(id=id_, failed=why) for id_, why in bulk.failed)
    if ndjson:
        print_items(failed, ndjson=True)
        return
    print_json(
        BulkDelivery(
            items=failed,
            asked=bulk.answered,
            selected=selected,
            last=bulk.last or None,
        )
    )


def _told(
    settings: Settings, ids: Sequence[str], rate: float, show: ShowProgress
) -> BulkUpdates:
    from letterbox.temporal.updates import Updates
    from letterbox_cli.deliver_enable import catch_up_and_deliver
    from letterbox_cli.reach_temporal import reach_temporal

    async def run() -> None:
        updates = Updates(await reach_temporal(settings), settings.task_queue)

        async def deliver(application_id: str) -> None:
            await asyncio.to_thread(
                write_to_journal, JournalAction.DELIVER, application_id
            )
            await catch_up_and_deliver(updates, application_id)

        await bulk.run(ids, deliver)

    write_to_journal = open_journal(settings)
    bulk = BulkUpdates(show, rate)
    try:
        asyncio.run(run())
    finally:
        if bulk.last != ids[-1]:
            how = f" and --after {bulk.last}" if bulk.last else ""
            typer.echo(f"stopped: continue with the same command{how}", err=True)
    return bulk


async def _selected(
    settings: Settings, selection: Selection, show: ShowProgress
) -> list[Item]:
    """List what is selected, each once, by id: an order that a later run has too."""
    from letterbox_cli.reach_temporal import reach_temporal

    filters = _filters(selection)
    found: dict[str, Item] = {}
    async for item in _listed(await reach_temporal(settings), settings, filters):
        if item.id > selection.after:
            found[item.id] = item
            show("listing", len(found), None)
    return [found[id_] for id_ in sorted(found)]


def _filters(selection: Selection) -> Filter:
    from letterbox.domain.listing import Filter

    return built(
        Filter,
        stage=selection.stage,
        position=selection.position,
        hirer=selection.hirer,
        received_after=selection.since,
        received_before=selection.until,
    )


async def _listed(
    client: Client, settings: Settings, filters: Filter
) -> AsyncIterator[Item]:
    from letterbox.temporal.visibility import list_applications

    token: bytes | None = None
    while True:
        items, token = await list_applications(
            client, settings.task_queue, filters, _PAGE, token
        )
        for item in items:
            yield item
        if token is None:
            return


def _print_selected(items: Sequence[Item], selection: Selection, style: Style) -> None:
    if style != "text":
        print_items(items, ndjson=style == "ndjson")
        return
    if not items:
        hint = "; those that the ATS knows are in --stage delivered"
        is_matched = selection.stage is Stage.MATCHED
        typer.echo(f"none found{hint if is_matched else ''}", err=True)
        return
    for item in items:
        position = f", position {item.position}" if item.position else ""
        print_line(f"{item.id}: {item.stage}{position}", hanging=2)
    count = plural(len(items), "application")
    typer.echo(f"{count} would be sent to the ATS; nothing was done")

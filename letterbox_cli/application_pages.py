"""Pages of applications, for ``letterbox list``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from letterbox.domain.cursors import seal, unseal
from letterbox_cli.json_models import ListedApplications

if TYPE_CHECKING:
    from letterbox.domain.listing import Filter, Item
    from letterbox.settings import Settings

_PAGE = 200
# A cursor is sealed against other filters only: who types it may read everything.
_KEY = b"letterbox list"


async def of_temporal(
    settings: Settings, filters: Filter, limit: int | None, cursor: str | None
) -> ListedApplications:
    """Read as many pages as it takes; None has no limit."""
    from letterbox.records.applications import StoredApplications
    from letterbox.records.triage import with_triage
    from letterbox.temporal.visibility import count_applications, list_applications
    from letterbox_cli.context import open_store
    from letterbox_cli.reach_temporal import reach_temporal

    query = filters.model_dump_json()
    token = unseal(cursor, query, [_KEY]) if cursor else None
    client = await reach_temporal(settings)
    items: list[Item] = []
    while limit is None or len(items) < limit:
        size = _PAGE if limit is None else min(_PAGE, limit - len(items))
        page, token = await list_applications(
            client, settings.task_queue, filters, size, token
        )
        items += page
        if token is None:
            break
    total: int | None = len(items)
    if token or cursor:
        total = await count_applications(client, settings.task_queue, filters)
    applications = StoredApplications(open_store())
    return ListedApplications(
        items=tuple(await asyncio.to_thread(with_triage, applications, items)),
        next=seal(token, query, _KEY) if token else None,
        total=total,
    )


def of_candidate(
    settings: Settings,
    address: str,
    filters: Filter,
    limit: int | None,
    cursor: str | None,
) -> ListedApplications:
    """Find a person's applications in the store, recorded or waiting in the inbox."""
    from letterbox.domain.journal_actions import JournalAction
    from letterbox.records.people import People
    from letterbox_cli.in_journal import open_journal
    from letterbox_cli.output import shown_progress
    from letterbox_cli.send_update import open_records

    # Not by whom: an address has no place in a cursor, not even as a digest.
    query = f"candidate {filters.model_dump_json()}"
    after = unseal(cursor, query, [_KEY]).decode() if cursor else ""
    records = open_records(settings)
    with shown_progress() as show:
        # In this order: what is recorded meanwhile is found by its marker.
        waiting = records.inbox.find(
            address, progress=lambda done: show("looking through the inbox", done, None)
        )
    ids = {*waiting.application_ids, *records.candidates.find(address)}
    people = People(records.applications, records.archives, records.holds)
    items, last = people.page(ids, filters, limit or max(len(ids), 1), after)
    shown = tuple(item.id for item in items)
    open_journal(settings)(JournalAction.SEARCHED, applications=shown)
    return ListedApplications(
        items=tuple(items),
        next=seal(last.encode(), query, _KEY) if last else None,
        total=None,
    )

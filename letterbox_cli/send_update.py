"""Sends an update to the workflow of an application, for commands that change it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from letterbox.domain.ending_ports import find_record
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.settings import Settings, load_settings
from letterbox_cli.in_journal import open_journal
from letterbox_cli.up.dev_secrets import with_development_keys

if TYPE_CHECKING:
    from letterbox.domain.application import Application
    from letterbox.domain.listing import ApplicationStatus
    from letterbox.domain.status import Status
    from letterbox.resources import Records
    from letterbox.temporal.updates import Updates

Send = Callable[["Updates"], Awaitable["Status"]]
"""Calls one of the updates."""


def send_update(
    application_id: str,
    send: Send,
    what: JournalAction,
    reason: str = "",
    by: str | None = None,
) -> ApplicationStatus:
    """
    Send an update to an application that is known; return where it stands then.

    Raises NotFoundError, and RefusedError where the reason names the candidate.
    """
    settings = load_settings()
    records = open_records(settings)
    if not records.applications.known(application_id):
        raise NotFoundError(f"no application {application_id}; see `letterbox list`")
    record = _find_record(records, application_id)
    if reason and record:
        from letterbox.domain.privacy import reject_personal_data

        reject_personal_data(reason, record)
    from letterbox.domain.listing import ApplicationStatus

    open_journal(settings, by)(what, application_id)
    status = asyncio.run(_send(settings, send))
    return ApplicationStatus.after(application_id, status, record)


def open_records(settings: Settings) -> Records:
    """Open what reads and writes applications, with the keys of `letterbox up`."""
    from letterbox import resources
    from letterbox_cli.context import log_to_stderr

    log_to_stderr()
    store = resources.open_store(settings)
    return resources.open_records(with_development_keys(settings), store)


def _find_record(records: Records, application_id: str) -> Application | None:
    """Read it, open or archived; what is damaged can be erased all the same."""
    try:
        return find_record(records.applications, records.archives, application_id)
    except (DamagedError, ValueError):
        return None


async def _send(settings: Settings, send: Send) -> Status:
    from letterbox.temporal.updates import Updates
    from letterbox_cli.reach_temporal import reach_temporal

    client = await reach_temporal(settings)
    return await send(Updates(client, settings.task_queue))

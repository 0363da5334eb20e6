"""How commands ask the workflow of an application for something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.settings import Settings, load_settings
from letterbox_cli.up.dev_secrets import with_development_keys

if TYPE_CHECKING:
    from letterbox.domain.application import Application
    from letterbox.domain.ports import ObjectStore
    from letterbox.domain.status import Status
    from letterbox.resources import Records
    from letterbox.temporal.updates import Updates

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[
    str,
    typer.Option(help="Kept in Temporal: it must not name the candidate."),
]


def ask(
    application_id: str,
    wanted: Callable[[Updates], Awaitable[Status]],
    reason: str = "",
) -> Status:
    """Ask an application's workflow, once it is known that there is one."""
    settings = load_settings()
    found = records(settings)
    if not found.applications.known(application_id):
        raise NotFoundError(f"no application {application_id}; see `letterbox list`")
    if reason and (record := _record(found, application_id)):
        from letterbox.domain.privacy import reject_personal_data

        reject_personal_data(reason, record)
    return asyncio.run(_sent(settings, wanted))


def _record(of: Records, application_id: str) -> Application | None:
    """Read it, open or archived; what is damaged can be erased all the same."""
    try:
        found = of.applications.find(application_id)
        return found or of.archives.record(application_id)
    except (FileNotFoundError, DamagedError, ValueError):
        return None


async def _sent(
    settings: Settings, ask: Callable[[Updates], Awaitable[Status]]
) -> Status:
    from letterbox.temporal.client import connect
    from letterbox.temporal.updates import Updates

    client = await connect(settings)
    return await ask(Updates(client, settings.task_queue))


def records(settings: Settings) -> Records:
    """Open what reads and writes applications, as `letterbox up` has it."""
    from letterbox.resources import open_records

    return open_records(with_development_keys(settings), store(settings))


def store(settings: Settings) -> ObjectStore:
    """Open the store as it is."""
    from letterbox.resources import open_store

    return open_store(settings)

"""What can be wrong with an installation, each thing in words."""

import asyncio
from collections.abc import AsyncIterator

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError

import schedules
import temporal
from boards import discover
from boards.base import FormBoard
from domain.errors import LetterboxError, SettingsError
from domain.ports import ObjectStore
from gateways.catalogue import StoredCatalogue
from resources import open_locator, open_scanner, open_store
from settings import Settings, load_settings


class Finding(BaseModel):
    """One thing looked at."""

    what: str
    fine: bool
    words: str


async def diagnose() -> list[Finding]:
    """Look at everything; wrong settings end the list, nothing else does."""
    try:
        settings = load_settings()
        open_locator(settings)
        open_scanner(settings)
    except SettingsError as error:
        return [Finding(what="settings", fine=False, words=str(error))]
    findings = [Finding(what="settings", fine=True, words="all of them can be read")]
    store = open_store(settings)
    findings.append(await asyncio.to_thread(_store, store, settings))
    if findings[-1].fine:
        findings.append(await asyncio.to_thread(_catalogue, store))
    findings.append(await _scanner(settings))
    findings += [found async for found in _temporal(settings)]
    return findings + _boards(settings)


def _store(store: ObjectStore, settings: Settings) -> Finding:
    try:
        store.check()
    except LetterboxError as error:
        words = (
            f"{settings.store_url} does not take objects ({error}); `letterbox init`"
        )
        return Finding(what="store", fine=False, words=words)
    words = f"{settings.store_url} takes and gives back objects"
    return Finding(what="store", fine=True, words=words)


def _catalogue(store: ObjectStore) -> Finding:
    if StoredCatalogue(store).imported():
        return Finding(what="positions", fine=True, words="a catalogue was imported")
    words = "none imported yet: every application is accepted and goes to triage"
    return Finding(what="positions", fine=True, words=words)


async def _temporal(settings: Settings) -> AsyncIterator[Finding]:
    try:
        client = await temporal.connect(settings)
        missing = await temporal.missing_search_attributes(client)
    except (LetterboxError, RPCError) as error:
        yield Finding(what="temporal", fine=False, words=str(error))
        return
    words = f"namespace {client.namespace} answers"
    yield Finding(what="temporal", fine=True, words=words)
    yield Finding(
        what="search attributes",
        fine=not missing,
        words=f"{', '.join(missing)} missing: `letterbox init`" if missing else "there",
    )
    yield await _workers(client, settings)
    yield await _sweep(client)


async def _workers(client: Client, settings: Settings) -> Finding:
    count = await temporal.count_pollers(client, settings.task_queue)
    words = (
        f"{count} poll {settings.task_queue}"
        if count
        else f"none polls {settings.task_queue}: start `letterbox worker`"
    )
    return Finding(what="workers", fine=count > 0, words=words)


async def _sweep(client: Client) -> Finding:
    try:
        description = await client.get_schedule_handle(schedules.INBOX_SWEEP).describe()
    except RPCError:
        words = f"schedule {schedules.INBOX_SWEEP} missing: `letterbox init`"
        return Finding(what="sweep", fine=False, words=words)
    paused = description.schedule.state.paused
    words = "paused: what cannot start at once will wait" if paused else "scheduled"
    return Finding(what="sweep", fine=not paused, words=words)


async def _scanner(settings: Settings) -> Finding:
    scanner = open_scanner(settings)
    if scanner is None:
        words = "off: LETTERBOX_CLAMD is not set, documents are not scanned"
        return Finding(what="virus scanner", fine=True, words=words)
    try:
        await scanner.ping()
    except LetterboxError as error:
        return Finding(what="virus scanner", fine=False, words=str(error))
    words = f"clamd at {settings.clamd} answers"
    return Finding(what="virus scanner", fine=True, words=words)


def _boards(settings: Settings) -> list[Finding]:
    return [
        Finding(
            what=f"board {name}",
            fine=True,
            words=f"open with {len(secrets)} secret(s)"
            if (secrets := settings.secrets_of(name))
            else f"off: LETTERBOX_{name.upper()}_SECRETS is not set",
        )
        for name, board in discover().items()
        if isinstance(board, FormBoard)
    ]

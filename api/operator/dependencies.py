"""What the handlers of the operator API work with, and how it is put together."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, cast

import structlog
from fastapi import Depends, Request
from temporalio.client import Client

from api.operator.attempts import WrongTokens
from api.operator.blocking import Blocking
from letterbox.boards import discover
from letterbox.boards.base import AskedBoard
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.pages import page_of_positions
from letterbox.domain.ending_ports import Archives, Holds
from letterbox.domain.listing import Item
from letterbox.domain.ports import Applications, Candidates, ObjectStore
from letterbox.domain.positions import Position
from letterbox.history import Histories
from letterbox.journal.reader import JournalReader
from letterbox.journal.writer import Journal
from letterbox.operators.callers import Callers
from letterbox.records.inbox_search import InboxSearch, WaitingSubmissions
from letterbox.records.people import People
from letterbox.records.person_export import PersonExport
from letterbox.records.texts import StoredTexts
from letterbox.records.triage import with_triage
from letterbox.rendering.process import Rendering
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.temporal.updates import Updates

PageOfPositions = Callable[
    [Callable[[Position], bool], int, str], tuple[list[Position], str | None]
]

# Whoever asks waits for it: more are for the command, which shows its progress.
_MAX_SEARCHED = 5000
THREADS = 32
_RENDERING_THREADS = 8
_RENDERED_WITHIN = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorServices:
    """What the handlers of the operator API are handed."""

    callers: Callers
    attempts: WrongTokens
    """Wrong tokens, by peer."""
    guesses: WrongTokens
    """Tokens that had to be computed, by their names."""
    verifying: asyncio.Lock
    """Held while one is."""
    store: ObjectStore
    applications: Applications
    people: People
    archives: Archives
    candidates: Candidates
    holds: Holds
    waiting_of: Callable[[str], WaitingSubmissions]
    """A person's applications that are not recorded yet, by the address. Blocking."""
    with_triage: Callable[[Sequence[Item]], list[Item]]
    """Adds to what waits for a person why it does. Blocking."""
    positions: CatalogueWriter
    page_of_positions: PageOfPositions
    client: Client
    task_queue: str
    updates: Updates
    histories: Histories
    journal: Journal
    """Who saw and who did; what it cannot keep is not done."""
    journal_reader: JournalReader
    texts: StoredTexts
    person_export: PersonExport
    blocking: Blocking
    """For all that reads or writes the store: a board waits for none of it."""
    renderings: Blocking
    """Of their own: nobody else waits for a picture."""
    can_be_asked: Callable[[str], bool]
    """Whether a board, by its name, can be asked again."""


def operator_services_of(request: Request) -> OperatorServices:
    """Return what the API was put together with."""
    return cast("OperatorServices", request.app.state.operator_services)


async def _operator_services(request: Request) -> OperatorServices:
    # Not the function above: FastAPI runs what is not async in a thread.
    return operator_services_of(request)


OperatorServicesDep = Annotated[OperatorServices, Depends(_operator_services)]
"""The parameter by which a handler of the operator API gets its services."""


def open_operator_services(
    settings: Settings, store: ObjectStore, client: Client
) -> OperatorServices:
    """Put together what the handlers are handed."""
    records = open_records(settings, store)
    boards, blocking = discover(), Blocking(THREADS)
    return OperatorServices(
        attempts=WrongTokens(),
        guesses=WrongTokens(),
        verifying=asyncio.Lock(),
        callers=open_callers(settings),
        store=store,
        applications=records.applications,
        archives=records.archives,
        people=People(records.applications, records.archives, records.holds),
        candidates=records.candidates,
        holds=records.holds,
        waiting_of=partial(_waiting_of, records.inbox),
        with_triage=partial(with_triage, records.applications),
        positions=CatalogueWriter(store),
        page_of_positions=partial(page_of_positions, store),
        client=client,
        task_queue=settings.task_queue,
        updates=Updates(client, settings.task_queue),
        histories=Histories(
            store, records, client, settings.task_queue, in_thread=blocking.run
        ),
        journal=Journal(store),
        journal_reader=JournalReader(store),
        texts=StoredTexts(store, Rendering()),
        person_export=PersonExport(store),
        blocking=blocking,
        renderings=Blocking(_RENDERING_THREADS, _RENDERED_WITHIN),
        can_be_asked=lambda board: isinstance(boards.get(board), AskedBoard),
    )


def open_callers(settings: Settings) -> Callers:
    """Read who may call; a file that cannot be read is logged, and read later."""
    callers = Callers(
        settings.operator_tokens,
        settings.operators,
        more_keys=settings.oidc_sealing_keys,
    )
    callers.refresh()
    return callers


def _waiting_of(inbox: InboxSearch, address: str) -> WaitingSubmissions:
    matches = inbox.find(address, at_most=_MAX_SEARCHED)
    if matches.unreadable:
        log.warning("inbox records that cannot be read", count=len(matches.unreadable))
    return matches

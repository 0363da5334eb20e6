"""What the operator's handlers are given, and what it is put together from."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Protocol, cast

import structlog
from fastapi import Depends, Request
from temporalio.client import Client
from temporalio.service import RPCError

from api.operator.attempts import Attempts
from api.operator.models import Standing
from letterbox.boards import discover
from letterbox.boards.base import NoticeBoard
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.commands import Assignment, Erasure, Holding
from letterbox.domain.errors import TemporalUnavailableError
from letterbox.domain.listing import Filter, Item
from letterbox.domain.ports import (
    Applications,
    Archives,
    Candidates,
    Holds,
    ObjectStore,
)
from letterbox.domain.positions import Position
from letterbox.domain.status import Status
from letterbox.records.inbox_search import InboxSearch
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.temporal import closings
from letterbox.temporal.updates import Updates
from letterbox.temporal.visibility import list_applications


class Positions(Protocol):
    """
    The catalogue, one position at a time. Blocking.

    ``hirer`` None is whichever there is, the empty string none. Raises NotFoundError,
    and RefusedError where several hirers have the position.
    """

    def get(self, reference: str, hirer: str | None = None) -> Position:
        """Read a position."""

    def put(self, position: Position) -> None:
        """Write it over an earlier one."""

    def remove(self, reference: str, hirer: str | None = None) -> Position:
        """Take it out of the catalogue."""


class Workflows(Protocol):
    """
    What Temporal is asked for.

    Raises RefusedError with the reason, NotFoundError, TemporalUnavailableError.
    """

    async def page(
        self, wanted: Filter, limit: int, token: bytes | None
    ) -> tuple[list[Item], bytes | None]:
        """List applications from a page's token on; the next one's, if any."""

    async def assign(
        self,
        application_id: str,
        *,
        reference: str,
        hirer: str | None,
        reason: str,
        by: str,
    ) -> Standing:
        """Choose the position."""

    async def hold(
        self, application_id: str, *, reason: str, until: datetime | None, by: str
    ) -> Standing:
        """Place a legal hold."""

    async def release(self, application_id: str, *, by: str) -> Standing:
        """Hold no longer."""

    async def refresh(self, application_id: str) -> Standing:
        """Have the board asked again, soon."""

    async def erase(self, application_id: str, *, reason: str, by: str) -> Standing:
        """Remove everything but the tombstone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an operator works with."""

    tokens: Sequence[bytes]
    """Any of them opens; the first seals cursors."""
    attempts: Attempts
    store: ObjectStore
    applications: Applications
    archives: Archives
    candidates: Candidates
    holds: Holds
    waiting_of: Callable[[str], Sequence[str]]
    """A person's applications that are not recorded yet, by the address. Blocking."""
    positions: Positions
    workflows: Workflows
    can_be_asked: Callable[[str], bool]
    """Whether a board, by its name, gives notice only and can be asked again."""
    tell_closed: Callable[[Position], Awaitable[None]]


def desk_of(request: Request) -> Desk:
    """Find what the application was put together with."""
    return cast("Desk", request.app.state.desk)


async def _given(request: Request) -> Desk:
    return desk_of(request)


AtDesk = Annotated[Desk, Depends(_given)]


log = structlog.get_logger()

# Whoever asks waits for it: more are for the command, which tells how far it is.
_SEARCHED = 5000


def open_desk(settings: Settings, store: ObjectStore, client: Client) -> Desk:
    """Put together what the handlers are given."""
    records = open_records(settings, store)
    boards = discover()
    return Desk(
        attempts=Attempts(),
        tokens=settings.operator_tokens,
        store=store,
        applications=records.applications,
        archives=records.archives,
        candidates=records.candidates,
        holds=records.holds,
        waiting_of=partial(_waiting_of, records.inbox),
        positions=CatalogueWriter(store),
        workflows=TemporalWorkflows(client, settings.task_queue),
        can_be_asked=lambda board: isinstance(boards.get(board), NoticeBoard),
        tell_closed=partial(_tell_closed, client, settings.task_queue),
    )


def _waiting_of(inbox: InboxSearch, address: str) -> Sequence[str]:
    found = inbox.find(address, at_most=_SEARCHED)
    if found.unreadable:
        log.warning("inbox records that cannot be read", count=len(found.unreadable))
    return found.application_ids


class TemporalWorkflows:
    """What handlers may ask of Temporal, in their words."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue
        self._updates = Updates(client, task_queue)

    async def page(
        self, wanted: Filter, limit: int, token: bytes | None
    ) -> tuple[list[Item], bytes | None]:
        """List applications by visibility."""
        async with _translated():
            return await list_applications(
                self._client, self._task_queue, wanted, limit, token
            )

    async def assign(
        self,
        application_id: str,
        *,
        reference: str,
        hirer: str | None,
        reason: str,
        by: str,
    ) -> Standing:
        """Choose the position."""
        given = Assignment(reference=reference, hirer=hirer, reason=reason, by=by)
        async with _translated():
            status = await self._updates.assign(application_id, given)
        return _standing(application_id, status)

    async def hold(
        self, application_id: str, *, reason: str, until: datetime | None, by: str
    ) -> Standing:
        """Place a legal hold."""
        given = Holding(reason=reason, until=until, by=by)
        return await self._hold(application_id, given)

    async def release(self, application_id: str, *, by: str) -> Standing:
        """Hold no longer."""
        return await self._hold(application_id, Holding(release=True, by=by))

    async def refresh(self, application_id: str) -> Standing:
        """Have the board asked again, soon."""
        async with _translated():
            status = await self._updates.refresh(application_id)
        return _standing(application_id, status)

    async def erase(self, application_id: str, *, reason: str, by: str) -> Standing:
        """Remove everything but the tombstone."""
        given = Erasure(reason=reason, by=by)
        async with _translated():
            status = await self._updates.erase(application_id, given)
        return _standing(application_id, status)

    async def _hold(self, application_id: str, given: Holding) -> Standing:
        async with _translated():
            status = await self._updates.hold(application_id, given)
        return _standing(application_id, status)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except RPCError as error:
        raise TemporalUnavailableError(
            f"Temporal answers {error.status.name}"
        ) from None
    except RuntimeError:
        # What a lazy client raises until it has connected once.
        raise TemporalUnavailableError("Temporal cannot be reached") from None


def _standing(application_id: str, status: Status) -> Standing:
    known = status.model_dump(include=set(Standing.model_fields))
    return Standing(id=application_id, **known)


async def _tell_closed(client: Client, task_queue: str, position: Position) -> None:
    """Have the window of open applications run from the close, not from before."""
    closed_at = position.closed_at or datetime.now(UTC)
    try:
        await closings.signal_closed(
            client, closed_at, task_queue=task_queue, positions=[position]
        )
    except TemporalUnavailableError:
        log.warning("closing not told", position=position.reference)

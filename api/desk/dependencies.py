"""What the handlers of the desk work with, and how it is put together."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Protocol, cast
from urllib.parse import quote

from fastapi import Request
from temporalio.client import Client

from api.desk.arrivals import ArrivalCounts
from api.desk.openings import Openings
from api.desk.pending_sign_ins import PendingSignIn, PendingSignIns
from api.desk.refusals import Counts, Refusals
from api.desk.sessions import Sessions
from api.operator.dependencies import OperatorServices, PageOfPositions
from api.threads import Threads
from letterbox.ats.presence import AtsMark
from letterbox.audit.report import LastAudit, load_last_result
from letterbox.boards import discover
from letterbox.catalogue.refused_references import Refused, load_refused
from letterbox.domain.operators import Caller
from letterbox.domain.positions import Position, PositionStatus
from letterbox.records.erasure_preview import ErasurePreview, ErasurePreviewer
from letterbox.records.ledgers import ErasureLine, HoldLine, Ledgers
from letterbox.records.refusals import StoredRefusals
from letterbox.resources import open_identity_provider, open_records
from letterbox.settings import Settings
from letterbox.temporal.visibility import count_started

# Whoever looks for one wants its own list; more than so many nobody reads.
_MAX_REFUSED = 200
_MAX_OPENINGS = 20_000
_PAGE = 1000


class IdentityProvider(Protocol):
    """Where people sign in who need no token; SignInError says why they cannot."""

    name: str
    """What people call it."""
    session: timedelta
    """How long somebody stays signed in by it."""
    desk_url: str
    """The desk's own address, as the provider knows it."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep connections to it, for as long as the block lasts."""

    async def authorization_url(self, attempt: PendingSignIn) -> str:
        """Return the address to which somebody is led."""

    async def signed_in(
        self, attempt: PendingSignIn, code: str, issuer: str | None
    ) -> Caller:
        """Return who has come back."""

    async def sign_out_address(self) -> str | None:
        """Return where one signs out there, if that is known."""

    def current(self, name: str, credential: str) -> Caller | None:
        """Return who has signed in there, if what was granted still counts."""

    def has_signed_in(self, caller: Caller) -> bool:
        """Return whether it was there, and not by a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    """What the handlers of the desk are handed, beside those of the operator API."""

    sessions: Sessions
    provider: IdentityProvider | None
    pending_sign_ins: PendingSignIns
    by_token: bool
    """Whether anybody has a token to sign in with."""
    boards: tuple[str, ...]
    preview: Callable[[str], ErasurePreview | None]
    """What an erasure would remove. Blocking."""
    holds: Callable[[str], Iterator[HoldLine | str]]
    """Those whose key comes after one; of the unreadable the key. Blocking."""
    erasures: Callable[[str], Iterator[ErasureLine | str]]
    last_audit: Callable[[], LastAudit | None]
    refused_references: Callable[[], list[Refused]]
    openings: Openings
    arrivals: ArrivalCounts
    refusals: Refusals
    has_ats: Callable[[], bool]
    """Whether somebody is told of what is matched. Blocking."""
    threads: Threads
    """For what a page goes without, where a store hangs."""
    temporal_page: Callable[[str], str | None]
    """Where Temporal's UI shows an application, if it is known where that is."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Count what is refused, and keep connections to the provider."""
        asking = self.provider.running() if self.provider else nullcontext()
        async with self.refusals.running(), asking:
            yield


def desk_of(request: Request) -> DeskServices:
    """Return what the desk was put together with."""
    return cast("DeskServices", request.app.state.desk_services)


def open_desk_services(
    settings: Settings,
    client: Client,
    operator: OperatorServices,
    answers: Callable[[], Counts],
) -> DeskServices:
    """Put together what the handlers are handed."""
    records = open_records(settings, operator.store)
    ledgers = Ledgers(operator.store, removal=records.removal, holds=records.holds)
    previews = ErasurePreviewer(
        operator.store,
        applications=records.applications,
        archives=records.archives,
        holds=records.holds,
    )
    boards = tuple(sorted(discover()))
    provider = open_identity_provider(settings)
    callers = operator.callers
    return DeskServices(
        sessions=Sessions(callers, settings.desk_session, granted=provider),
        provider=provider,
        pending_sign_ins=PendingSignIns(lambda: callers.sealing_keys),
        by_token=bool(settings.operator_tokens or settings.operators),
        boards=boards,
        preview=previews.of,
        holds=ledgers.holds,
        erasures=ledgers.erasures,
        last_audit=partial(load_last_result, operator.store),
        refused_references=lambda: list(
            islice(load_refused(operator.store), _MAX_REFUSED)
        ),
        openings=Openings(partial(_open_positions, operator.page_of_positions)),
        arrivals=ArrivalCounts(
            partial(count_started, client, settings.task_queue), boards
        ),
        refusals=Refusals(StoredRefusals(operator.store), answers),
        has_ats=AtsMark(operator.store).is_fresh,
        threads=Threads(1),
        temporal_page=partial(_temporal_page, settings.temporal_ui, client.namespace),
    )


def _open_positions(page_of_positions: PageOfPositions) -> list[Position]:
    found: list[Position] = []
    after: str | None = ""
    while after is not None and len(found) < _MAX_OPENINGS:
        items, after = page_of_positions(_is_open, _PAGE, after)
        found += items
    return found


def _is_open(position: Position) -> bool:
    return position.status is PositionStatus.OPEN


def _temporal_page(ui: str, namespace: str, application_id: str) -> str | None:
    if not ui:
        return None
    workflow = quote(application_id, safe="")
    return f"{ui.rstrip('/')}/namespaces/{namespace}/workflows/{workflow}"

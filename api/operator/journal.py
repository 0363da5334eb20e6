"""GET /journal: who saw and who did what."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, Field

from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.blocking import SLOW
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.examples import JOURNAL, example_response
from api.operator.lookup import is_visible
from api.operator.models import Cursor, Limit, Next
from api.operator.problems import documented
from letterbox.domain.cursors import seal, unseal
from letterbox.domain.journal import JournalEntry, JournalFilter, Seen
from letterbox.domain.listing import ID, StrictModel
from letterbox.domain.operators import Operator, Permission

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _day(text: object) -> object:
    """Refuse what could be seconds of anything."""
    if isinstance(text, str) and not _DAY.fullmatch(text):
        raise ValueError("must be a day, such as 2026-11-30")
    return text


Day = Annotated[date, BeforeValidator(_day)]


class JournalListing(StrictModel):
    """Which part of the journal is asked for."""

    application: str | None = Field(
        None, max_length=1000, description="Its id.", examples=[ID]
    )
    operator: str | None = Field(None, max_length=100, description="A name.")
    since: Day | None = Field(None, description="The first day, in UTC.")
    until: Day | None = Field(None, description="The last day, in UTC.")
    limit: Limit = 50
    cursor: Cursor = None

    @property
    def filter(self) -> JournalFilter:
        """What of it is asked for on every page."""
        return JournalFilter(self.application, self.operator, self.since, self.until)


class JournalPage(BaseModel):
    """A page of the journal; it may have fewer items than requested, even none."""

    items: list[Seen]
    next: Next


router = APIRouter(route_class=OperatorRoute)


@router.get(
    "/journal",
    openapi_extra=needs(Permission.JOURNAL),
    responses=example_response(JOURNAL) | documented(400, 422),
)
async def read_journal(
    request: Request,
    services: OperatorServicesDep,
    listing: Annotated[JournalListing, Query()],
) -> JournalPage:
    """
    Read who saw and who did what, the latest first.

    Each read of a candidate, and each change that was asked for: by whom, of which
    application, when, by which request. It is kept longer than the application. Who is
    limited to hirers is shown what was done about their applications.
    """
    operator = operator_of(request)
    query = operator.sealed(f"journal {listing.filter!r}")
    keys, before = services.callers.sealing_keys, b""
    if listing.cursor is not None:
        before = unseal(listing.cursor, query, keys)
    entries, after = await services.blocking.run(
        services.journal_reader.latest,
        listing.filter,
        listing.limit,
        before.decode(),
        _shown_to(services, operator),
        within=SLOW,
    )
    cursor = seal(after.encode(), query, keys[0]) if after else None
    return JournalPage(items=[entry.seen for entry in entries], next=cursor)


def _shown_to(
    services: OperatorServices, operator: Operator
) -> Callable[[JournalEntry], bool]:
    """Return what tells whether an operator may see an entry. Blocking."""
    known: dict[str, bool] = {}

    def is_shown(entry: JournalEntry) -> bool:
        if operator.hirers is None:
            return not entry.is_routine
        if entry.application is None:
            return False
        if entry.application not in known:
            known[entry.application] = is_visible(services, operator, entry.application)
        return known[entry.application]

    return is_shown

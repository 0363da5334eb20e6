"""GET /applications: which there are, and where they stand."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel

from api.operator.access import log_access, write_to_journal
from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.authorship import decoded
from api.operator.blocking import SLOW
from api.operator.candidates import page_of_person
from api.operator.dependencies import OperatorServicesDep
from api.operator.examples import PAGE, example_response
from api.operator.models import Cursor, Limit, Next
from api.operator.problems import documented
from letterbox.domain.cursors import seal, unseal
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.listing import Filter, Item
from letterbox.domain.operators import Permission
from letterbox.temporal import visibility


class Listing(Filter):
    """Which part of which list is asked for."""

    limit: Limit = 50
    cursor: Cursor = None


class Page(BaseModel):
    """A part of a list; it may hold fewer than asked for, even none, before the end."""

    items: list[Item]
    next: Next


router = APIRouter(route_class=OperatorRoute)


@router.get(
    "/applications",
    openapi_extra=needs(Permission.READ),
    responses=example_response(PAGE) | documented(400, 409, 422),
)
async def list_applications(
    request: Request,
    services: OperatorServicesDep,
    listing: Annotated[Listing, Query()],
    candidate: Annotated[
        str | None,
        Header(
            alias="X-Candidate-Email",
            description=(
                "Only the applications of this person, archived ones "
                "too. A header, because"
                " addresses of requests are logged. Needs LETTERBOX_DIGEST_KEY."
            ),
            examples=["ada@example.com"],
        ),
    ] = None,
) -> Page:
    """
    List applications, the open ones first, each by the latest news of it.

    What has ended is listed for as long as Temporal remembers it; by candidate, for
    as long as its archive is kept. A list that changes while it is read may show an
    application twice.
    """
    operator = operator_of(request)
    if candidate is not None:
        operator.require(Permission.CONTACTS)
    filters = Filter.model_validate(listing.model_dump(exclude={"limit", "cursor"}))
    # Not by whom: an address has no place in a cursor, not even as a digest.
    query = operator.sealed(f"{candidate is not None} {filters.model_dump_json()}")
    keys = services.callers.sealing_keys
    token = after = None
    if listing.cursor is not None:
        token = unseal(listing.cursor, query, keys)
    if candidate is None:
        items, after = await visibility.list_applications(
            services.client,
            services.task_queue,
            filters,
            listing.limit,
            token,
            operator.hirers,
        )
        items = await services.blocking.run(services.with_triage, items)
    else:
        items, last_id = await services.blocking.run(
            page_of_person,
            services,
            decoded(candidate),
            filters,
            listing.limit,
            (token or b"").decode(),
            operator.hirers,
            within=SLOW,
        )
        after = last_id.encode() if last_id else None
        await _note_search(request, items)
    cursor = seal(after, query, keys[0]) if after else None
    return Page(items=items, next=cursor)


async def _note_search(request: Request, items: Sequence[Item]) -> None:
    """Write into the journal, and log, which applications of a person are shown."""
    ids = [item.id for item in items]
    await write_to_journal(request, JournalAction.SEARCHED, applications=ids)
    log_access(request, "a candidate's applications listed", applications=ids)

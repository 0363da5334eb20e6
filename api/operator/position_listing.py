"""GET /positions: what the catalogue has, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.dependencies import OperatorServicesDep
from api.operator.examples import POSITION, example_response
from api.operator.models import Cursor, Limit, Next
from api.operator.problems import documented
from letterbox.domain.cursors import seal, unseal
from letterbox.domain.listing import StrictModel
from letterbox.domain.operators import Permission
from letterbox.domain.positions import Position, PositionStatus


class PositionFilter(StrictModel):
    """Filters for positions; without any, all are listed, removed ones too."""

    status: PositionStatus | None = None
    hirer: str | None = Field(
        None,
        max_length=1000,
        description="The hirer; empty for positions that belong to every hirer.",
    )

    def matches(self, position: Position) -> bool:
        """Return whether a position passes every filter."""
        is_status = self.status in {None, position.status}
        return is_status and self.hirer in {None, position.hirer or ""}


class PositionListing(PositionFilter):
    """Which part of which list is asked for."""

    limit: Limit = 50
    cursor: Cursor = None


class PositionPage(BaseModel):
    """A page of a list; it may have fewer items than requested, even none."""

    items: list[Position]
    next: Next


router = APIRouter(route_class=OperatorRoute)


@router.get(
    "/positions",
    openapi_extra=needs(Permission.READ),
    responses=example_response({"items": [POSITION], "next": None})
    | documented(400, 422),
)
async def list_positions(
    request: Request,
    services: OperatorServicesDep,
    listing: Annotated[PositionListing, Query()],
) -> PositionPage:
    """
    List the positions of the catalogue, in a stable order.

    Who is limited to hirers is shown theirs, and those of every hirer.
    """
    filters = PositionFilter(status=listing.status, hirer=listing.hirer)
    operator = operator_of(request)
    query = operator.sealed(f"positions {filters.model_dump_json()}")
    keys, after = services.callers.sealing_keys, b""
    if listing.cursor is not None:
        after = unseal(listing.cursor, query, keys)
    items, last = await services.blocking.run(
        services.page_of_positions,
        lambda one: filters.matches(one) and operator.sees_position(one),
        listing.limit,
        after.decode(),
    )
    cursor = seal(last.encode(), query, keys[0]) if last else None
    return PositionPage(items=items, next=cursor)

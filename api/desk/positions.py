"""/desk/positions: the catalogue, and the references that no position has."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask

from api.desk.dependencies import desk_of
from api.desk.forms import fields_of, filled, validated
from api.desk.notices import done
from api.desk.pages import page
from api.desk.route import DeskRoute, author
from api.operator.access import log_access, write_to_journal
from api.operator.auth import needs, operator_of
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.position_listing import PositionListing, list_positions
from letterbox.domain.errors import MalformedError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Permission
from letterbox.domain.positions import PositionStatus
from letterbox.temporal.closings import tell_closed

_FILTERS = ("status", "hirer")

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get("/desk/positions", openapi_extra=needs(Permission.READ))
async def list_page(request: Request, services: OperatorServicesDep) -> Response:
    """List the catalogue, and below it the references that nobody knows."""
    params = filled(request.query_params)
    filters = {name: params[name] for name in _FILTERS if name in params}
    listing = validated(PositionListing, **filters, cursor=params.get("cursor"))
    found = await list_positions(request, services, listing)
    operator = operator_of(request)
    refused = []
    if operator.hirers is None and "cursor" not in params:
        refused = await services.blocking.run(desk_of(request).refused_references)
    return page(
        request,
        "positions.html",
        items=found.items,
        filters=dict.fromkeys(_FILTERS, "") | filters,
        statuses=list(PositionStatus),
        following=found.next and _address({**filters, "cursor": found.next}),
        refused=refused,
    )


@router.post("/desk/positions/close", openapi_extra=needs(Permission.POSITIONS))
async def close(request: Request, services: OperatorServicesDep) -> Response:
    """Close a position by hand, and tell the applications for it."""
    reference, hirer = await _named(request, services)
    position = await services.blocking.run(services.positions.close, reference, hirer)
    log_access(request, "position closed", position=reference, by=author(request))
    tell = BackgroundTask(tell_closed, services.client, services.task_queue, position)
    return done(request, "/desk/positions", "closed", tell)


@router.post("/desk/positions/open", openapi_extra=needs(Permission.POSITIONS))
async def reopen(request: Request, services: OperatorServicesDep) -> Response:
    """Open a position again."""
    reference, hirer = await _named(request, services)
    await services.blocking.run(services.positions.open, reference, hirer)
    log_access(request, "position opened", position=reference, by=author(request))
    return done(request, "/desk/positions", "opened")


async def _named(request: Request, services: OperatorServices) -> tuple[str, str]:
    """Return the position that a form names, if this operator may change it."""
    fields = await fields_of(request)
    if not (reference := fields.get("reference")):
        raise MalformedError("name a position")
    hirer = fields.get("hirer", "")
    operator = operator_of(request)
    found = await services.blocking.run(
        services.positions.get, reference, hirer, operator.sees_position
    )
    operator.require_hirer(found.hirer)
    await write_to_journal(
        request, JournalAction.POSITION_PUT, position=found.reference
    )
    return found.reference, hirer


def _address(filters: Mapping[str, str]) -> str:
    return f"/desk/positions?{urlencode(filters)}"

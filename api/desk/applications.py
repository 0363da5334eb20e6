"""/desk/applications: what waits for a person first, then all of them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.desk.dependencies import desk_of
from api.desk.forms import end_of_day, fields_of, filled, start_of_day, validated
from api.desk.pages import application_address, page
from api.desk.route import DeskRoute
from api.operator.auth import needs, operator_of
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.listing import Listing, list_applications
from api.operator.lookup import is_visible
from letterbox.domain.application import Flag, Stage
from letterbox.domain.operators import Permission

_FILTERS = ("stage", "board", "position", "hirer", "flag", "from", "to", "limit")
_PLAIN = ("stage", "board", "position", "hirer", "flag", "limit", "cursor")
_TABS = {
    "In triage": {"stage": "triage"},
    "All": {"stage": ""},
    "Held": {"stage": "", "flag": "held"},
    "Overdue": {"stage": "", "flag": "overdue"},
}
_MAX_LOOKED_FOR = 1000

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get("/desk/applications", openapi_extra=needs(Permission.READ))
async def list_page(request: Request, services: OperatorServicesDep) -> Response:
    """List applications: those in triage, unless something else is asked for."""
    query = request.query_params
    params = filled(query)
    if "stage" not in query:
        params["stage"] = Stage.TRIAGE
    found = await list_applications(request, services, _listing(params))
    filters = {"stage": ""} | {
        name: params[name] for name in _FILTERS if name in params
    }
    return page(
        request,
        "applications.html",
        filters=dict.fromkeys(_FILTERS, "") | filters,
        stages=list(Stage),
        flags=list(Flag),
        boards=desk_of(request).boards,
        tabs=[(_address(of), name, of == filters) for name, of in _TABS.items()],
        items=found.items,
        first=_address(filters),
        following=found.next and _address({**filters, "cursor": found.next}),
        is_first="cursor" not in params,
    )


@router.post("/desk/find", openapi_extra=needs(Permission.READ))
async def find(request: Request, services: OperatorServicesDep) -> Response:
    """
    Find an application by its id, or a person's by the address.

    A form and no address of a page: those are logged by proxies, and kept by browsers.
    """
    fields = await fields_of(request)
    looked_for = fields.get("q", "")[:_MAX_LOOKED_FOR]
    if "@" in looked_for:
        return await _of_person(request, services, looked_for, fields.get("cursor"))
    found = await services.blocking.run(_known_id, request, services, looked_for)
    if found:
        return RedirectResponse(application_address(found), HTTPStatus.SEE_OTHER)
    return page(request, "not_found.html", HTTPStatus.NOT_FOUND)


async def _of_person(
    request: Request, services: OperatorServices, address: str, cursor: str | None
) -> Response:
    listing = validated(Listing, cursor=cursor)
    found = await list_applications(request, services, listing, address)
    return page(
        request,
        "person.html",
        items=found.items,
        looked_for=address,
        cursor=found.next,
    )


def _known_id(
    request: Request, services: OperatorServices, looked_for: str
) -> str | None:
    """Complete an id by its board, if it is not named. Blocking."""
    if ":" in looked_for:
        return looked_for
    operator = operator_of(request)
    for board in desk_of(request).boards if looked_for else ():
        application_id = f"{board}:{looked_for}"
        if is_visible(
            services, operator, application_id
        ) and services.applications.known(application_id):
            return application_id
    return None


def _listing(params: Mapping[str, str]) -> Listing:
    plain = {name: params[name] for name in _PLAIN if name in params}
    return validated(
        Listing,
        **plain,
        received_after=_text(start_of_day(params.get("from"))),
        received_before=_text(end_of_day(params.get("to"))),
    )


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _address(filters: Mapping[str, str]) -> str:
    return f"/desk/applications?{urlencode(filters)}"

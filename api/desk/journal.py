"""/desk/journal: who saw and who did what."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api.desk.forms import filled, validated
from api.desk.pages import page
from api.desk.route import DeskRoute
from api.operator.auth import needs
from api.operator.dependencies import OperatorServicesDep
from api.operator.journal import JournalListing, read_journal
from letterbox.domain.operators import Permission

_FILTERS = ("application", "operator", "since", "until")

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get("/desk/journal", openapi_extra=needs(Permission.JOURNAL))
async def list_page(request: Request, services: OperatorServicesDep) -> Response:
    """List what was seen and done, the latest first."""
    params = filled(request.query_params)
    filters = {name: params[name] for name in _FILTERS if name in params}
    listing = validated(JournalListing, **filters, cursor=params.get("cursor"))
    found = await read_journal(request, services, listing)
    following = found.next and urlencode({**filters, "cursor": found.next})
    return page(
        request,
        "journal.html",
        items=found.items,
        filters=dict.fromkeys(_FILTERS, "") | filters,
        following=following and f"/desk/journal?{following}",
    )

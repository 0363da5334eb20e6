"""/desk/audit: when the last audit ran, and what it found."""

from fastapi import APIRouter, Request, Response

from api.desk.dependencies import desk_of
from api.desk.pages import page
from api.desk.route import DeskRoute
from api.operator.auth import needs, operator_of
from api.operator.dependencies import OperatorServicesDep
from letterbox.domain.operators import Permission

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get("/desk/audit", openapi_extra=needs(Permission.READ))
async def audit(request: Request, services: OperatorServicesDep) -> Response:
    """Show when the last audit ran, and what it found."""
    operator_of(request).require_all_hirers()
    result = await services.blocking.run(desk_of(request).last_audit)
    return page(request, "audit.html", result=result)

"""/desk/holds, /desk/erasures and /desk/audit: what must stay, what is gone."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from api.desk.dependencies import desk_of
from api.desk.pages import page
from api.desk.route import DeskRoute
from api.operator.auth import needs, operator_of
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.lookup import is_shown_to
from letterbox.domain import keys
from letterbox.domain.errors import ForbiddenError
from letterbox.domain.operators import Operator, Permission

_LIMIT = 50
_MAX_KEY = 1000

Line = TypeVar("Line")

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get("/desk/holds", openapi_extra=needs(Permission.READ))
async def holds(request: Request, services: OperatorServicesDep) -> Response:
    """List legal holds, in the order of their ids."""
    lines, following = await _page_of(request, desk_of(request).holds, keys.hold)
    operator = operator_of(request)
    shown = await to_thread.run_sync(
        lambda: [line for line in lines if _is_shown(services, operator, line)]
    )
    return page(request, "holds.html", items=shown, following=following)


@router.get("/desk/erasures", openapi_extra=needs(Permission.READ))
async def erasures(request: Request) -> Response:
    """List what was erased, in the order of the ids: when, why and by whom."""
    _refuse_limited(operator_of(request))
    found = await _page_of(request, desk_of(request).erasures, keys.tombstone)
    return page(request, "erasures.html", items=found[0], following=found[1])


@router.get("/desk/audit", openapi_extra=needs(Permission.READ))
async def audit(request: Request) -> Response:
    """Show when the last audit ran, and what it found."""
    _refuse_limited(operator_of(request))
    result = await to_thread.run_sync(desk_of(request).last_audit)
    return page(request, "audit.html", result=result)


async def _page_of(
    request: Request,
    listed: Callable[[str], Iterator[Line | str]],
    key_of: Callable[[str], str],
) -> tuple[list[Line | str], str | None]:
    after = request.query_params.get("after", "")[:_MAX_KEY]

    def read() -> list[Line | str]:
        return list(islice(listed(after), _LIMIT))

    lines = await to_thread.run_sync(read)
    if len(lines) < _LIMIT:
        return lines, None
    last = lines[-1]
    key = last if isinstance(last, str) else key_of(getattr(last, "id", ""))
    return lines, f"{request.url.path}?{urlencode({'after': key})}"


def _is_shown(services: OperatorServices, operator: Operator, line: object) -> bool:
    if operator.hirers is None:
        return True
    return is_shown_to(operator, services, getattr(line, "id", ""))


def _refuse_limited(operator: Operator) -> None:
    """Refuse who sees some hirers only what does not say whose it is."""
    if operator.hirers is not None:
        raise ForbiddenError("this page is for operators who see all hirers")

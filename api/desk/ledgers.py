"""/desk/holds and /desk/erasures: what must stay, and what is gone."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api.desk.dependencies import desk_of
from api.desk.pages import page
from api.desk.route import DeskRoute
from api.operator.auth import needs, operator_of
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.lookup import is_visible
from letterbox.domain import keys
from letterbox.domain.cursors import seal, unseal
from letterbox.domain.operators import Permission

_LIMIT = 50
_MAX_CURSOR = 4000

Line = TypeVar("Line")

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get("/desk/holds", openapi_extra=needs(Permission.READ))
async def holds(request: Request, services: OperatorServicesDep) -> Response:
    """List legal holds, in the order of their ids."""
    lines, following = await _page_of(
        request, services, desk_of(request).holds, keys.hold
    )
    operator = operator_of(request)
    items = await services.blocking.run(
        lambda: [
            line
            for line in lines
            if is_visible(services, operator, getattr(line, "id", ""))
        ]
    )
    return page(request, "holds.html", items=items, following=following)


@router.get("/desk/erasures", openapi_extra=needs(Permission.READ))
async def erasures(request: Request, services: OperatorServicesDep) -> Response:
    """List what was erased, in the order of the ids: when, why and by whom."""
    operator_of(request).require_all_hirers()
    items, following = await _page_of(
        request, services, desk_of(request).erasures, keys.tombstone
    )
    return page(request, "erasures.html", items=items, following=following)


async def _page_of(
    request: Request,
    services: OperatorServices,
    listed: Callable[[str], Iterator[Line | str]],
    key_of: Callable[[str], str],
) -> tuple[list[Line | str], str | None]:
    query = operator_of(request).sealed(request.url.path)
    sealing, after = services.callers.sealing_keys, ""
    if cursor := request.query_params.get("cursor"):
        after = unseal(cursor[:_MAX_CURSOR], query, sealing).decode()

    def read() -> list[Line | str]:
        return list(islice(listed(after), _LIMIT))

    lines = await services.blocking.run(read)
    if len(lines) < _LIMIT:
        return lines, None
    last = lines[-1]
    key = last if isinstance(last, str) else key_of(getattr(last, "id", ""))
    # It may be the key of one that is not shown to this operator.
    cursor = seal(key.encode(), query, sealing[0])
    return lines, f"{request.url.path}?{urlencode({'cursor': cursor})}"

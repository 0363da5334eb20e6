"""GET /applications.csv and .ndjson: a whole list at once, for a period."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.problems import documented
from letterbox.domain import csv_lines
from letterbox.domain.listing import Filter, Item
from letterbox.domain.operators import Operator, Permission
from letterbox.temporal import visibility

_PAGE = 200
_CSV, _NDJSON = "text/csv", "application/x-ndjson"

Filters = Annotated[Filter, Query()]
router = APIRouter(
    route_class=OperatorRoute, responses=documented(422), prefix="/applications"
)


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    schema = {"schema": {"type": "string"}}
    return {200: {"content": {media_type: schema}, "description": "The list"}}


@router.get(
    ".csv",
    openapi_extra=needs(Permission.READ),
    response_class=StreamingResponse,
    responses=_file(_CSV),
)
async def list_as_csv(
    request: Request, services: OperatorServicesDep, filters: Filters
) -> StreamingResponse:
    """
    List applications for a spreadsheet, in the order of the list; UTF-8.

    What a spreadsheet would take for a formula begins with an apostrophe.
    """
    pages = await _begin(services, operator_of(request), filters)

    async def lines() -> AsyncIterator[str]:
        yield csv_lines.heading()
        async for items in pages:
            yield "".join(map(csv_lines.line_of, items))

    return _download(lines(), f"{_CSV}; charset=utf-8", "applications.csv")


@router.get(
    ".ndjson",
    openapi_extra=needs(Permission.READ),
    response_class=StreamingResponse,
    responses=_file(_NDJSON),
)
async def list_as_ndjson(
    request: Request, services: OperatorServicesDep, filters: Filters
) -> StreamingResponse:
    """List applications, one JSON object a line, as the items of the list."""
    pages = await _begin(services, operator_of(request), filters)

    async def lines() -> AsyncIterator[str]:
        async for items in pages:
            yield "".join(f"{item.model_dump_json()}\n" for item in items)

    return _download(lines(), _NDJSON, "applications.ndjson")


def _download(
    lines: AsyncIterator[str], media_type: str, name: str
) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=media_type, headers=headers)


async def _begin(
    services: OperatorServices, operator: Operator, filters: Filter
) -> AsyncIterator[list[Item]]:
    """Read the first page, so that what is down is answered; the others follow."""
    pages = _pages(services, operator, filters)
    first = await anext(pages)

    async def all_of_them() -> AsyncIterator[list[Item]]:
        yield first
        async for items in pages:
            yield items

    return all_of_them()


async def _pages(
    services: OperatorServices, operator: Operator, filters: Filter
) -> AsyncIterator[list[Item]]:
    token: bytes | None = None
    while True:
        items, token = await visibility.list_applications(
            services.client,
            services.task_queue,
            filters,
            _PAGE,
            token,
            operator.hirers,
        )
        yield await services.blocking.run(services.with_triage, items)
        if token is None:
            return

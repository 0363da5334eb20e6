"""GET /applications.csv and .ndjson: a whole list at once, for a period."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.problems import documented
from letterbox.domain import csv_lines
from letterbox.domain.errors import StoreUnavailableError, TemporalUnavailableError
from letterbox.domain.listing import Filter, Item
from letterbox.domain.operators import Operator, Permission
from letterbox.temporal import visibility

_PAGE = 200
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_CSV, _NDJSON = "text/csv", "application/x-ndjson"

Page = tuple[list[Item], bytes | None]
"""Some applications, and where to go on, if there are more."""
Pauses = tuple[float, ...]
Filters = Annotated[Filter, Query()]
log = structlog.get_logger()
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
    items_of = await _begin(services, operator_of(request), filters)

    async def lines() -> AsyncIterator[str]:
        yield csv_lines.heading()
        async for items in items_of:
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
    items_of = await _begin(services, operator_of(request), filters)

    async def lines() -> AsyncIterator[str]:
        async for items in items_of:
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

    async def read(token: bytes | None) -> Page:
        items, following = await visibility.list_applications(
            services.client,
            services.task_queue,
            filters,
            _PAGE,
            token,
            operator.hirers,
        )
        return await services.blocking.run(services.with_triage, items), following

    return pages(read, await read(None))


async def pages(
    read: Callable[[bytes], Awaitable[Page]], first: Page, pauses: Pauses = _PAUSES
) -> AsyncIterator[list[Item]]:
    """
    Yield all pages.

    A long list is not cut off by a moment in which something does not answer: a page
    is asked for again, after pauses, before it is given up.
    """
    items, token = first
    yield items
    while token is not None:
        items, token = await _read_again(read, token, pauses)
        yield items


async def _read_again(
    read: Callable[[bytes], Awaitable[Page]], token: bytes, pauses: Pauses
) -> Page:
    for pause in pauses:
        try:
            return await read(token)
        except (StoreUnavailableError, TemporalUnavailableError) as error:
            log.warning("a list waits", reason=str(error))
            await asyncio.sleep(pause)
    return await read(token)

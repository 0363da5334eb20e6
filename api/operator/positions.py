"""/positions/{reference}: the catalogue, one position at a time."""

from http import HTTPStatus
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, BackgroundTasks, Body, Query, Request, Response

from api.operator.auth import OperatorRoute, log_access
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.examples import POSITION, example_response
from api.operator.path_ids import Reference
from api.operator.problems import documented
from letterbox.domain.errors import NotFoundError, RefusedError
from letterbox.domain.positions import (
    Position,
    PositionStatus,
    ReferenceKind,
    normalise,
)
from letterbox.temporal.closings import tell_closed

Hirer = Annotated[
    str | None,
    Query(description="Whose position; empty is the one that belongs to every hirer."),
]

router = APIRouter(
    # To the end: some proxies decode a slash on the way.
    prefix="/positions/{reference:path}",
    route_class=OperatorRoute,
)


@router.get("", responses=example_response(POSITION) | documented(404, 409))
async def read_position(
    reference: Reference, services: OperatorServicesDep, hirer: Hirer = None
) -> Position:
    """Read a position; 409 where several hirers have it, until one is named."""
    return await to_thread.run_sync(_get, services, reference, hirer)


@router.put(
    "",
    responses=example_response(POSITION)
    | documented(400, 409, 413, 422)
    | {201: {"model": Position, "description": "It is new in the catalogue"}},
)
async def put_position(  # noqa: PLR0913, PLR0917 what FastAPI gives
    reference: Reference,
    position: Annotated[Position, Body(openapi_examples={"open": {"value": POSITION}})],
    request: Request,
    response: Response,
    after: BackgroundTasks,
    services: OperatorServicesDep,
) -> Position:
    """Write a position over an earlier one; every process sees it within 3 s."""
    if normalise(position.reference) != normalise(reference):
        raise RefusedError("the reference in the body is not that of the address")
    before = await to_thread.run_sync(_put, services, position)
    if before is None:
        response.status_code = HTTPStatus.CREATED
    elif (before.status, position.status) == (
        PositionStatus.OPEN,
        PositionStatus.CLOSED,
    ):
        after.add_task(tell_closed, services.client, services.task_queue, position)
    log_access(request, "position put", position=position.reference)
    return position


@router.delete("", responses=example_response(POSITION) | documented(404, 409))
async def remove_position(
    reference: Reference,
    request: Request,
    services: OperatorServicesDep,
    hirer: Hirer = None,
) -> Position:
    """Take a position out of the catalogue: from now on it is unknown to boards."""
    before = await to_thread.run_sync(_get, services, reference, hirer)
    removed = await to_thread.run_sync(
        services.positions.remove, before.reference, before.hirer or ""
    )
    log_access(request, "position removed", position=removed.reference)
    return removed


def _get(services: OperatorServices, reference: str, hirer: str | None) -> Position:
    try:
        return services.positions.get(reference, hirer)
    except RefusedError:
        raise RefusedError(
            "several hirers have this position: name one by `hirer`, which is empty "
            "for the one without"
        ) from None


def _put(services: OperatorServices, position: Position) -> Position | None:
    try:
        before = services.positions.get(position.reference, position.hirer or "")
    except (NotFoundError, RefusedError):
        before = None
    services.positions.put(position)
    # One that differs in case is another.
    is_same = before and before.is_spelled(ReferenceKind.REFERENCE, position.reference)
    return before if is_same else None

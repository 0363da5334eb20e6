"""/positions/{reference}: the catalogue, one position at a time."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Query, Request, Response
from pydantic import Field, ValidationError

from api.operator.access import log_access, write_to_journal
from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.authorship import Author
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.examples import POSITION, example_response
from api.operator.path_ids import Reference
from api.operator.problems import documented
from letterbox.domain.errors import MalformedError, NotFoundError, RefusedError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Operator, Permission
from letterbox.domain.positions import (
    Name,
    Position,
    PositionStatus,
    ReferenceKind,
    normalise,
)
from letterbox.temporal.closings import tell_closed

Hirer = Annotated[
    str | None,
    Query(description="The hirer; empty for the position that belongs to every hirer."),
]


class PositionToPut(Position):
    """A position; its reference is that of the address, and may be left out."""

    reference: Name = Field("", validate_default=False)

    def at(self, reference: str) -> Position:
        """
        Return it under the reference of its address.

        RefusedError where the body has another; MalformedError where it can be none.
        """
        if self.reference and normalise(self.reference) != normalise(reference):
            raise RefusedError(
                "the reference in the body is not the one in the address"
            )
        fields = self.model_dump() | {"reference": self.reference or reference}
        try:
            return Position.model_validate(fields)
        except ValidationError:
            raise MalformedError("the address has no reference") from None


router = APIRouter(
    # To the end: some proxies decode a slash on the way.
    prefix="/positions/{reference:path}",
    route_class=OperatorRoute,
)


@router.get(
    "",
    openapi_extra=needs(Permission.READ),
    responses=example_response(POSITION) | documented(404, 409),
)
async def read_position(
    reference: Reference,
    request: Request,
    services: OperatorServicesDep,
    hirer: Hirer = None,
) -> Position:
    """Read a position; 409 if several hirers have it and none is named."""
    operator = operator_of(request)
    return await services.blocking.run(_get, services, operator, reference, hirer)


@router.put(
    "",
    openapi_extra=needs(Permission.POSITIONS),
    responses=example_response(POSITION)
    | documented(400, 409, 413, 422)
    | {201: {"model": Position, "description": "New in the catalogue"}},
)
async def put_position(  # noqa: PLR0913, PLR0917 what FastAPI gives
    reference: Reference,
    body: Annotated[
        PositionToPut, Body(openapi_examples={"open": {"value": POSITION}})
    ],
    request: Request,
    response: Response,
    after: BackgroundTasks,
    services: OperatorServicesDep,
    by: Author,
) -> Position:
    """Create or replace a position; every process sees it within 3 s."""
    position = body.at(reference)
    operator_of(request).require_hirer(position.hirer)
    await write_to_journal(
        request, JournalAction.POSITION_PUT, position=position.reference
    )
    before = await services.blocking.run(_put, services, position)
    if before is None:
        response.status_code = HTTPStatus.CREATED
    elif (before.status, position.status) == (
        PositionStatus.OPEN,
        PositionStatus.CLOSED,
    ):
        after.add_task(tell_closed, services.client, services.task_queue, position)
    log_access(request, "position put", position=position.reference, by=by)
    return position


@router.delete(
    "",
    openapi_extra=needs(Permission.POSITIONS),
    responses=example_response(POSITION) | documented(404, 409),
)
async def remove_position(
    reference: Reference,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
    hirer: Hirer = None,
) -> Position:
    """Remove a position: from now on, boards are told that there is no such job."""
    operator = operator_of(request)
    before = await services.blocking.run(_get, services, operator, reference, hirer)
    operator.require_hirer(before.hirer)
    await write_to_journal(
        request, JournalAction.POSITION_REMOVED, position=before.reference
    )
    removed = await services.blocking.run(
        services.positions.remove, before.reference, before.hirer or ""
    )
    log_access(request, "position removed", position=removed.reference, by=by)
    return removed


def _get(
    services: OperatorServices, operator: Operator, reference: str, hirer: str | None
) -> Position:
    return services.positions.get(reference, hirer, operator.sees_position)


def _put(services: OperatorServices, position: Position) -> Position | None:
    try:
        before = services.positions.get(position.reference, position.hirer or "")
    except (NotFoundError, RefusedError):
        before = None
    services.positions.put(position)
    # One that differs in case is another.
    is_same = before and before.is_spelled(ReferenceKind.REFERENCE, position.reference)
    return before if is_same else None

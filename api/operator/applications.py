"""/applications/{id}: read an application, and have something done about it."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from api.operator.access import log_asked, note_read, write_to_journal
from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.authorship import Author, ErasureReason
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.examples import RECORD, STATUS, example_response
from api.operator.lookup import (
    checked,
    find_tombstone,
    look_up,
    refuse_if_no_id,
    with_documents,
)
from api.operator.models import ChosenPosition, Holding, Received
from api.operator.path_ids import ApplicationId
from api.operator.problems import documented
from api.request_ids import request_id_of
from letterbox.domain import commands
from letterbox.domain.application import Application
from letterbox.domain.contacts import without_contacts
from letterbox.domain.ending_ports import is_orphaned
from letterbox.domain.errors import RefusedError
from letterbox.domain.history import History
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.listing import ApplicationStatus
from letterbox.domain.operators import Operator, Permission
from letterbox.domain.standard_forms import MEDIA_TYPES, Form, in_form
from letterbox.domain.status import hirer_of
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

_STATUS = example_response(STATUS)
_RECORD: dict[int | str, dict[str, Any]] = {
    200: {
        "content": example_response(RECORD)[200]["content"]
        | {name: {"schema": {"type": "object"}} for name in MEDIA_TYPES.values()}
    }
}
_ERASED = _STATUS | documented(400, 409, 413, 422)

router = APIRouter(
    prefix="/applications/{application_id}",
    route_class=OperatorRoute,
    responses=documented(404),
)


@router.get(
    "",
    openapi_extra=needs(Permission.READ),
    response_model=Application,
    responses=_RECORD
    | documented(410)
    | {202: {"model": Received, "description": "Accepted, but not recorded yet"}},
)
async def read_application(
    application_id: ApplicationId,
    request: Request,
    services: OperatorServicesDep,
    form: Annotated[
        Form | None,
        Query(
            alias="as",
            description="The candidate alone, as HR Open's Candidate (version 4) or as "
            "a JSON Resume (version 1).",
        ),
    ] = None,
) -> Application | Response:
    """
    Read the canonical record; of an archived application, from its archive.

    Each of its views names the documents that came with it. A viewer is shown the name
    of the candidate, and nothing else that the candidate has told.
    """
    record = await services.blocking.run(_read, services, application_id)
    if record is None:
        received = Received(id=application_id)
        return JSONResponse(received.model_dump(), HTTPStatus.ACCEPTED)
    await note_read(request, JournalAction.READ, application_id)
    if not operator_of(request).may(Permission.CONTACTS):
        record = without_contacts(record)
    if form:
        return JSONResponse(in_form(record, form), media_type=MEDIA_TYPES[form])
    return record


@router.get("/history", openapi_extra=needs(Permission.READ))
async def read_history(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> History:
    """
    Read what has happened to an application, from the store and Temporal.

    `notes` says if one of the two could not be asked.
    """
    refuse_if_no_id(application_id)
    history = await services.histories.find(application_id)
    await note_read(request, JournalAction.HISTORY, application_id)
    return history


@router.post(
    "/position",
    openapi_extra=needs(Permission.TRIAGE),
    responses=_STATUS | documented(400, 409, 410, 413, 422),
)
async def assign_position(
    application_id: ApplicationId,
    choice: ChosenPosition,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
) -> ApplicationStatus:
    """Choose the position, as a person does for what is in triage."""
    record = await services.blocking.run(
        checked, services, application_id, choice.reason
    )
    operator = operator_of(request)
    hirer = await services.blocking.run(
        hirer_to_name, services, operator, choice, record
    )
    assignment = commands.Assignment(
        reference=choice.reference,
        hirer=hirer,
        reason=choice.reason or "",
        by=by,
        request_id=request_id_of(request),
    )
    await write_to_journal(request, JournalAction.ASSIGN, application=application_id)
    status = await services.updates.assign(application_id, assignment)
    log_asked(request, application_id, "assign", by)
    return ApplicationStatus.after(application_id, status, record)


@router.post(
    "/hold",
    openapi_extra=needs(Permission.HOLD),
    responses=_STATUS | documented(400, 409, 410, 413, 422),
)
async def hold(
    application_id: ApplicationId,
    holding: Holding,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
) -> ApplicationStatus:
    """Place a legal hold: nothing is deleted, neither the archive nor by an erasure."""
    record = await services.blocking.run(
        checked, services, application_id, holding.reason
    )
    args = commands.HoldRequest(
        reason=holding.reason,
        until=holding.until,
        by=by,
        request_id=request_id_of(request),
    )
    await write_to_journal(request, JournalAction.HOLD, application=application_id)
    status = await services.updates.hold(application_id, args)
    log_asked(request, application_id, "hold", by)
    return ApplicationStatus.after(application_id, status, record)


@router.delete(
    "/hold",
    openapi_extra=needs(Permission.HOLD),
    response_model=ApplicationStatus,
    responses=_STATUS
    | documented(409, 410, 422)
    | {204: {"description": "Released; the application itself is gone"}},
)
async def release_hold(
    application_id: ApplicationId,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
) -> ApplicationStatus | Response:
    """Release a hold; safe to repeat."""
    if await services.blocking.run(
        is_orphaned, services.holds, services.applications, application_id
    ):
        await write_to_journal(
            request, JournalAction.RELEASE_HOLD, application=application_id
        )
        await services.blocking.run(services.holds.release, application_id)
        note(Transition.RELEASED, application_id, by=by)
        return Response(status_code=HTTPStatus.NO_CONTENT)
    record = await services.blocking.run(checked, services, application_id)
    args = commands.HoldRequest(release=True, by=by, request_id=request_id_of(request))
    await write_to_journal(
        request, JournalAction.RELEASE_HOLD, application=application_id
    )
    status = await services.updates.hold(application_id, args)
    log_asked(request, application_id, "release", by)
    return ApplicationStatus.after(application_id, status, record)


@router.post(
    "/refresh",
    openapi_extra=needs(Permission.TRIAGE),
    status_code=HTTPStatus.ACCEPTED,
    responses=example_response(STATUS, 202) | documented(409, 410, 422),
)
async def refresh(
    application_id: ApplicationId,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
) -> ApplicationStatus:
    """Ask the board again, soon; the answer tells where it stood before."""
    record = await services.blocking.run(checked, services, application_id)
    if not services.can_be_asked(application_id.partition(":")[0]):
        raise RefusedError(
            "the board sends complete applications, and cannot be asked again"
        )
    if ended := await services.blocking.run(
        services.applications.ended, application_id
    ):
        raise RefusedError(f"the application is {ended}")
    await write_to_journal(request, JournalAction.REFRESH, application=application_id)
    status = await services.updates.refresh(application_id)
    log_asked(request, application_id, "refresh", by)
    return ApplicationStatus.after(application_id, status, record)


@router.delete("", openapi_extra=needs(Permission.ERASE), responses=_ERASED)
@router.post(
    "/erase",
    name="erase_by_post",
    openapi_extra=needs(Permission.ERASE),
    responses=_ERASED,
    description="Do as ``DELETE``, for clients that have no body with one.",
)
async def erase(
    application_id: ApplicationId,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
    reason: ErasureReason,
) -> ApplicationStatus:
    """Erase everything but a tombstone; safe to repeat."""
    record = None
    if await services.blocking.run(find_tombstone, services, application_id) is None:
        record = await services.blocking.run(checked, services, application_id, reason)
    erasure = commands.EraseRequest(
        reason=reason, by=by, request_id=request_id_of(request)
    )
    await write_to_journal(request, JournalAction.ERASE, application=application_id)
    status = await services.updates.erase(application_id, erasure)
    log_asked(request, application_id, "erase", by)
    return ApplicationStatus.after(application_id, status, record)


def _read(services: OperatorServices, application_id: str) -> Application | None:
    record = look_up(services, application_id)
    return with_documents(services, record) if record else None


def hirer_to_name(
    services: OperatorServices,
    operator: Operator,
    choice: ChosenPosition,
    record: Application | None,
) -> str | None:
    """
    Return the hirer of whose positions one is chosen.

    Who is limited to hirers chooses among theirs, and does not learn what others have
    by that reference (NotFoundError, RefusedError).
    """
    if operator.hirers is None:
        return choice.hirer
    position = services.positions.get(
        choice.reference, choice.hirer, operator.sees_position
    )
    known = hirer_of(record) if record else None
    return position.hirer or choice.hirer or known

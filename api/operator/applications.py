"""/applications/{id}: read an application, and have something done about it."""

from http import HTTPStatus

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.operator.auth import OperatorRoute, note
from api.operator.callers import By
from api.operator.dependencies import AtDesk, Desk
from api.operator.examples import RECORD, STANDING, answered
from api.operator.lookup import find_tombstone, known, look_up, with_documents
from api.operator.models import Choice, Holding, Received, Standing
from api.operator.path_ids import ApplicationId
from api.operator.problems import documented
from api.operator.reasons import Why
from letterbox.domain.application import Application
from letterbox.domain.errors import RefusedError
from letterbox.domain.privacy import reject_personal_data

_STANDING = answered(STANDING)

router = APIRouter(
    prefix="/applications/{application_id}",
    route_class=OperatorRoute,
    responses=documented(404),
)


@router.get(
    "",
    response_model=Application,
    responses=answered(RECORD)
    | documented(410)
    | {202: {"model": Received, "description": "Accepted, and not recorded yet"}},
)
async def read_application(
    application_id: ApplicationId, request: Request, desk: AtDesk
) -> Application | Response:
    """
    Read the canonical record; that of an archived one from its archive.

    Each of its views names the documents that came with it.
    """
    record = await to_thread.run_sync(_read, desk, application_id)
    note(request, "application read", application=application_id)
    if record is None:
        received = Received(id=application_id)
        return JSONResponse(received.model_dump(), HTTPStatus.ACCEPTED)
    return record


@router.post("/position", responses=_STANDING | documented(400, 409, 410, 413, 422))
async def assign_position(
    application_id: ApplicationId, given: Choice, request: Request, desk: AtDesk, by: By
) -> Standing:
    """Choose the position, as a person does for what is in triage."""
    await to_thread.run_sync(_check, desk, application_id, given.reason)
    standing = await desk.workflows.assign(
        application_id,
        reference=given.reference,
        hirer=given.hirer,
        reason=given.reason or "",
        by=by,
    )
    note(request, "position assigned", application=application_id, by=by)
    return standing


@router.post("/hold", responses=_STANDING | documented(400, 409, 410, 413, 422))
async def hold(
    application_id: ApplicationId,
    given: Holding,
    request: Request,
    desk: AtDesk,
    by: By,
) -> Standing:
    """Place a legal hold: nothing is deleted, neither the archive nor by an erasure."""
    await to_thread.run_sync(_check, desk, application_id, given.reason)
    standing = await desk.workflows.hold(
        application_id, reason=given.reason, until=given.until, by=by
    )
    note(request, "hold placed", application=application_id, by=by)
    return standing


@router.delete(
    "/hold",
    response_model=Standing,
    responses=_STANDING
    | documented(409, 410, 422)
    | {204: {"description": "Released; the application itself is not there any more"}},
)
async def release_hold(
    application_id: ApplicationId, request: Request, desk: AtDesk, by: By
) -> Standing | Response:
    """Hold no longer; harmless where nothing is held."""
    if await to_thread.run_sync(_released_orphan, desk, application_id):
        note(request, "hold released", application=application_id, by=by)
        return Response(status_code=HTTPStatus.NO_CONTENT)
    await to_thread.run_sync(_check, desk, application_id)
    standing = await desk.workflows.release(application_id, by=by)
    note(request, "hold released", application=application_id, by=by)
    return standing


@router.post(
    "/refresh",
    status_code=HTTPStatus.ACCEPTED,
    responses=answered(STANDING, 202) | documented(409, 410),
)
async def refresh(
    application_id: ApplicationId, request: Request, desk: AtDesk
) -> Standing:
    """Have the board asked again, soon; the answer tells where it stood before."""
    await to_thread.run_sync(_check, desk, application_id)
    if not desk.can_be_asked(application_id.partition(":")[0]):
        raise RefusedError("the board delivers whole applications: it cannot be asked")
    if ended := await to_thread.run_sync(desk.applications.ended, application_id):
        raise RefusedError(f"the application is {ended}")
    standing = await desk.workflows.refresh(application_id)
    note(request, "refresh asked for", application=application_id)
    return standing


_ERASED = _STANDING | documented(400, 409, 413, 422)


@router.delete("", responses=_ERASED)
async def erase(
    application_id: ApplicationId, request: Request, desk: AtDesk, by: By, reason: Why
) -> Standing:
    """Remove everything but a tombstone; harmless to repeat."""
    return await _erase(desk, request, application_id, reason, by)


@router.post("/erase", responses=_ERASED)
async def erase_by_post(
    application_id: ApplicationId, request: Request, desk: AtDesk, by: By, reason: Why
) -> Standing:
    """Do as ``DELETE``, for clients that have no body with one."""
    return await _erase(desk, request, application_id, reason, by)


async def _erase(
    desk: Desk, request: Request, application_id: str, reason: str, by: str
) -> Standing:
    if await to_thread.run_sync(find_tombstone, desk, application_id) is None:
        await to_thread.run_sync(_check, desk, application_id, reason)
    standing = await desk.workflows.erase(application_id, reason=reason, by=by)
    note(request, "application erased", application=application_id, by=by)
    return standing


def _read(desk: Desk, application_id: str) -> Application | None:
    record = look_up(desk, application_id)
    return with_documents(desk, record) if record else None


def _released_orphan(desk: Desk, application_id: str) -> bool:
    """Release a hold of what is not there any more: no workflow need be asked."""
    if desk.holds.find(application_id) is None:
        return False
    is_removed = find_tombstone(desk, application_id) is not None
    if desk.applications.known(application_id) and not is_removed:
        return False
    desk.holds.release(application_id)
    return True


def _check(desk: Desk, application_id: str, reason: str | None = None) -> None:
    """Refuse what Temporal need not be asked, or must not be told."""
    record = known(desk, application_id)
    if reason and record:
        reject_personal_data(reason, record)

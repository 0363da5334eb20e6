"""What a person does about an application: each is an update of its workflow."""

from collections.abc import Mapping
from http import HTTPStatus

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter, ValidationError

from api.desk.application import shown
from api.desk.dependencies import desk_of
from api.desk.forms import Typed, attempt, end_of_day, fields_of, reason_of, validated
from api.desk.pages import application_address, page
from api.desk.route import DeskRoute, author
from api.operator import applications, statuses
from api.operator.access import keep_in_journal, log_asked
from api.operator.auth import needs, operator_of
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.lookup import look_up_readable
from api.operator.models import ChosenPosition, Erasure, Holding, Standing
from api.operator.path_ids import ApplicationId
from letterbox.domain.errors import MalformedError, NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Permission

_CHOICE = TypeAdapter[tuple[str, str]](tuple[str, str])

router = APIRouter(
    prefix="/desk/applications/{application_id}",
    include_in_schema=False,
    route_class=DeskRoute,
)


@router.post("/position", openapi_extra=needs(Permission.TRIAGE))
async def assign(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Assign one of the suggested positions, or another by its reference."""
    fields = await fields_of(request)
    work = _assign(application_id, fields, request, services)
    if refused := await attempt("position", fields, work):
        return await shown(application_id, request, services, refused)
    return _done(application_id, "assigned")


async def _assign(
    application_id: str,
    fields: Mapping[str, str],
    request: Request,
    services: OperatorServices,
) -> None:
    reference, hirer = _chosen(fields.get("choice", "")) or (
        fields.get("reference"),
        fields.get("hirer"),
    )
    if not reference:
        raise MalformedError(
            "choose a position, or write its reference", field="reference"
        )
    choice = validated(
        ChosenPosition, reference=reference, hirer=hirer, reason=fields.get("reason")
    )
    await applications.assign_position(
        application_id, choice, request, services, author(request)
    )


def _chosen(choice: str) -> tuple[str, str] | None:
    """Read a suggestion as its radio button has it."""
    if not choice:
        return None
    try:
        return _CHOICE.validate_json(choice)
    except ValidationError:
        raise MalformedError("choose one of the positions") from None


@router.post("/hold", openapi_extra=needs(Permission.HOLD))
async def hold(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Place a legal hold, until it is released or until the end of a day."""
    fields = await fields_of(request)
    work = _hold(application_id, fields, request, services)
    if refused := await attempt("hold", fields, work):
        return await shown(application_id, request, services, refused)
    return _done(application_id, "held")


async def _hold(
    application_id: str,
    fields: Mapping[str, str],
    request: Request,
    services: OperatorServices,
) -> None:
    until = end_of_day(fields.get("until"), "until")
    holding = validated(
        Holding, reason=reason_of(fields), until=until.isoformat() if until else None
    )
    await applications.hold(application_id, holding, request, services, author(request))


@router.post("/release", openapi_extra=needs(Permission.HOLD))
async def release(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Release a hold."""
    await applications.release_hold(application_id, request, services, author(request))
    return _done(application_id, "released")


@router.post("/refresh", openapi_extra=needs(Permission.TRIAGE))
async def refresh(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Have the board asked again."""
    await applications.refresh(application_id, request, services, author(request))
    return _done(application_id, "asked")


@router.post("/deliver", openapi_extra=needs(Permission.TRIAGE))
async def deliver(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Have the ATS told once more."""
    await to_thread.run_sync(look_up_readable, services, application_id)
    await keep_in_journal(request, JournalAction.DELIVER, application=application_id)
    await services.updates.deliver(application_id)
    log_asked(request, application_id, "deliver", author(request))
    return _done(application_id, "told")


@router.post("/status", openapi_extra=needs(Permission.TRIAGE))
async def report_status(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Note where the candidate stands."""
    fields = await fields_of(request)
    work = _report(application_id, fields, request, services)
    if refused := await attempt("status", fields, work):
        return await shown(application_id, request, services, refused)
    return _done(application_id, "noted")


async def _report(
    application_id: str,
    fields: Mapping[str, str],
    request: Request,
    services: OperatorServices,
) -> None:
    standing = validated(Standing, status=fields.get("status"))
    await statuses.report_status(
        application_id, standing, request, services, author(request)
    )


@router.get("/erase", openapi_extra=needs(Permission.ERASE))
async def ask_to_erase(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Show what an erasure would remove, and ask for the reason."""
    return await _asked_to_erase(application_id, request, services, Typed())


@router.post("/erase", openapi_extra=needs(Permission.ERASE))
async def erase(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Erase everything but a tombstone, for who has said so twice."""
    fields = await fields_of(request)
    work = _erase(application_id, fields, request, services)
    if refused := await attempt("erase", fields, work):
        return await _asked_to_erase(application_id, request, services, refused)
    if fields.get("confirmed") != "yes":
        again = Typed("erase", fields)
        return await _asked_to_erase(application_id, request, services, again)
    if operator_of(request).hirers is not None:
        # Nobody knows any more whose it was: its page is not for this operator.
        return RedirectResponse(
            "/desk/applications?stage=&done=erased", HTTPStatus.SEE_OTHER
        )
    return _done(application_id, "erased")


async def _erase(
    application_id: str,
    fields: Mapping[str, str],
    request: Request,
    services: OperatorServices,
) -> None:
    """Check the reason, and erase only if the form was confirmed."""
    reason = reason_of(fields)
    validated(Erasure, reason=reason)
    if fields.get("confirmed") == "yes":
        await applications.erase(
            application_id, request, services, author(request), reason
        )


async def _asked_to_erase(
    application_id: str, request: Request, services: OperatorServices, typed: Typed
) -> Response:
    preview = await to_thread.run_sync(desk_of(request).preview, application_id)
    if preview is None:
        raise NotFoundError("no such application")
    hold = await to_thread.run_sync(services.holds.find, application_id)
    return page(
        request,
        "erase.html",
        typed.status,
        id=application_id,
        preview=preview,
        hold=hold if preview.held else None,
        typed=typed,
        reason="" if typed.problem else typed.fields.get("reason", ""),
    )


def _done(application_id: str, what: str) -> Response:
    address = f"{application_address(application_id)}?done={what}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)

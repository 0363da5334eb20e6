"""What a person does about an application: each is an update of its workflow."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import TypeAdapter, ValidationError

from api.desk.application import shown
from api.desk.dependencies import desk_of
from api.desk.forms import Typed, attempt, end_of_day, fields_of, reason_of, validated
from api.desk.notices import done
from api.desk.pages import application_address, page
from api.desk.route import DeskRoute, author
from api.operator import applications, releases, statuses
from api.operator.access import log_asked, write_to_journal
from api.operator.auth import needs, operator_of
from api.operator.dependencies import OperatorServicesDep
from api.operator.documents import DOCUMENT_NAME
from api.operator.lookup import look_up_readable
from api.operator.models import (
    ChosenPosition,
    Erasure,
    Holding,
    Standing,
    Vouching,
)
from api.operator.path_ids import ApplicationId
from letterbox.domain.errors import MalformedError, NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Permission

_DOCUMENT = re.compile(DOCUMENT_NAME)
_CHOICE = TypeAdapter[tuple[str, str]](tuple[str, str])

router = APIRouter(
    prefix="/desk/applications/{application_id}",
    include_in_schema=False,
    route_class=DeskRoute,
)


@dataclass(frozen=True, slots=True)
class _Action:
    """A request to do something about an application."""

    application_id: ApplicationId
    request: Request
    services: OperatorServicesDep

    @property
    def author(self) -> str:
        """Return who asks."""
        return author(self.request)

    async def submit(self, form: str, work: "_Work", what: str) -> Response:
        """Do what a form asks for; where it is refused, show it again, with why."""
        fields = await fields_of(self.request)
        if refused := await attempt(form, fields, work(self, fields)):
            return await shown(
                self.application_id, self.request, self.services, refused
            )
        return self.done(what)

    def done(self, what: str) -> Response:
        """Lead back to the application's page, which says what was done."""
        return done(self.request, application_address(self.application_id), what)


_Work = Callable[[_Action, Mapping[str, str]], Awaitable[None]]
_ActionDep = Annotated[_Action, Depends()]


@router.post("/position", openapi_extra=needs(Permission.TRIAGE))
async def assign(action: _ActionDep) -> Response:
    """Assign one of the suggested positions, or another by its reference."""
    return await action.submit("position", _assign, "assigned")


async def _assign(action: _Action, fields: Mapping[str, str]) -> None:
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
        action.application_id, choice, action.request, action.services, action.author
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
async def hold(action: _ActionDep) -> Response:
    """Place a legal hold, until it is released or until the end of a day."""
    return await action.submit("hold", _hold, "held")


async def _hold(action: _Action, fields: Mapping[str, str]) -> None:
    until = end_of_day(fields.get("until"), "until")
    holding = validated(
        Holding, reason=reason_of(fields), until=until.isoformat() if until else None
    )
    await applications.hold(
        action.application_id, holding, action.request, action.services, action.author
    )


@router.post("/release", openapi_extra=needs(Permission.HOLD))
async def release(action: _ActionDep) -> Response:
    """Release a hold."""
    await applications.release_hold(
        action.application_id, action.request, action.services, action.author
    )
    return action.done("released")


@router.post("/refresh", openapi_extra=needs(Permission.TRIAGE))
async def refresh(action: _ActionDep) -> Response:
    """Have the board asked again."""
    await applications.refresh(
        action.application_id, action.request, action.services, action.author
    )
    return action.done("asked")


@router.post("/deliver", openapi_extra=needs(Permission.TRIAGE))
async def deliver(action: _ActionDep) -> Response:
    """Have the ATS told once more."""
    id_, request, services = action.application_id, action.request, action.services
    await services.blocking.run(look_up_readable, services, id_)
    await write_to_journal(request, JournalAction.DELIVER, application=id_)
    await services.updates.deliver(id_)
    log_asked(request, id_, "deliver", action.author)
    return action.done("told")


@router.post("/status", openapi_extra=needs(Permission.TRIAGE))
async def report_status(action: _ActionDep) -> Response:
    """Note where the candidate stands."""
    return await action.submit("status", _report, "noted")


async def _report(action: _Action, fields: Mapping[str, str]) -> None:
    standing = validated(Standing, status=fields.get("status"))
    await statuses.report_status(
        action.application_id, standing, action.request, action.services, action.author
    )


@router.post("/release-document", openapi_extra=needs(Permission.RELEASE))
async def release_document(action: _ActionDep) -> Response:
    """Take a document out of quarantine, for who knows that it is no threat."""
    name = (await fields_of(action.request)).get("name", "")
    return await action.submit(f"release-{name}", _release, "cleared")


async def _release(action: _Action, fields: Mapping[str, str]) -> None:
    name = fields.get("name", "")
    if not _DOCUMENT.fullmatch(name):
        raise MalformedError("choose one of the documents")
    vouching = validated(Vouching, reason=reason_of(fields))
    await releases.release_document(
        action.application_id,
        name,
        vouching,
        action.request,
        action.services,
        action.author,
    )


@router.get("/erase", openapi_extra=needs(Permission.ERASE))
async def ask_to_erase(action: _ActionDep) -> Response:
    """Show what an erasure would remove, and ask for the reason."""
    return await _asked_to_erase(action, Typed())


@router.post("/erase", openapi_extra=needs(Permission.ERASE))
async def erase(action: _ActionDep) -> Response:
    """Erase everything but a tombstone, for who has said so twice."""
    fields = await fields_of(action.request)
    if refused := await attempt("erase", fields, _erase(action, fields)):
        return await _asked_to_erase(action, refused)
    if fields.get("confirmed") != "yes":
        return await _asked_to_erase(action, Typed("erase", fields))
    if operator_of(action.request).hirers is not None:
        # Nobody knows any more whose it was: its page is not for this operator.
        return done(action.request, "/desk/applications?stage=", "erased")
    return action.done("erased")


async def _erase(action: _Action, fields: Mapping[str, str]) -> None:
    """Check the reason, and erase only if the form was confirmed."""
    reason = reason_of(fields)
    validated(Erasure, reason=reason)
    if fields.get("confirmed") == "yes":
        await applications.erase(
            action.application_id,
            action.request,
            action.services,
            action.author,
            reason,
        )


async def _asked_to_erase(action: _Action, typed: Typed) -> Response:
    id_, request, services = action.application_id, action.request, action.services
    preview = await services.blocking.run(desk_of(request).preview, id_)
    if preview is None:
        raise NotFoundError("no such application")
    hold = await services.blocking.run(services.holds.find, id_)
    return page(
        request,
        "erase.html",
        typed.status,
        id=id_,
        preview=preview,
        hold=hold if preview.held else None,
        typed=typed,
        reason="" if typed.problem else typed.fields.get("reason", ""),
    )

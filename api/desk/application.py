"""/desk/applications/{id}: all that a person needs to decide, on one page."""

import asyncio
import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response

from api.desk.dependencies import desk_of
from api.desk.forms import Typed
from api.desk.pages import page
from api.desk.route import DeskRoute
from api.desk.search import searchable
from api.operator.applications import read_application
from api.operator.auth import needs, operator_of
from api.operator.demographics import read_demographics
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.documents import DocumentName, read_document
from api.operator.path_ids import ApplicationId
from letterbox.domain.application import Application, Stage
from letterbox.domain.documents.kinds import TEXT_EXTENSIONS
from letterbox.domain.errors import LetterboxError, NotFoundError
from letterbox.domain.history import History
from letterbox.domain.operators import Permission
from letterbox.domain.standing import CandidateStatus

# A page is not kept waiting for what may be read beside it, or later.
_HISTORY_TIMEOUT = 2.0
_SUGGESTIONS_TIMEOUT = 0.15
_MAX_SAID = 200_000
_HERE = "/desk/applications/{application_id}"

ViewNumber = Annotated[int, Path(ge=1, le=100_000)]

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get(_HERE, openapi_extra=needs(Permission.READ))
async def show(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Show an application, wherever it stands, and what can be done about it."""
    return await shown(application_id, request, services, Typed())


async def shown(
    application_id: str, request: Request, services: OperatorServices, typed: Typed
) -> Response:
    """Return the page, with what was typed into a form of it and was refused."""
    try:
        record = await read_application(application_id, request, services)
    except HTTPException as error:
        if error.status_code != HTTPStatus.GONE:
            raise
        return await _shown_removed(application_id, request, services, error.detail)
    about = await _about(application_id, request, services)
    if isinstance(record, Response):
        return page(request, "received.html", typed.status, **about, typed=typed)
    suggestions = None
    if operator_of(request).may(Permission.TRIAGE):
        suggestions = await desk_of(request).openings.suggestions(
            record, operator_of(request), _SUGGESTIONS_TIMEOUT
        )
    return page(
        request,
        "application.html",
        typed.status,
        **about,
        typed=typed,
        record=record,
        is_open=record.stage is not Stage.ARCHIVED,
        can_be_asked=services.can_be_asked(record.source.board),
        statuses=list(CandidateStatus),
        suggestions=suggestions,
        others=_not_shown(record),
        texts=TEXT_EXTENSIONS,
        is_searched=bool(searchable(record)),
    )


@router.get(f"{_HERE}/documents/{{name}}", openapi_extra=needs(Permission.DOCUMENTS))
async def download(
    application_id: ApplicationId,
    name: DocumentName,
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """Download a document; no browser shows it in its own window."""
    return await read_document(
        application_id,
        name,
        request,
        services,
        request.headers.get("Range"),
        request.headers.get("If-Range"),
        request.headers.get("If-None-Match"),
    )


@router.get(f"{_HERE}/views/{{number}}", openapi_extra=needs(Permission.CONTACTS))
async def show_view(
    application_id: ApplicationId,
    number: ViewNumber,
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """Show what the board said, as it said it."""
    # The record first: what is not shown there, and kept in the journal, is not here.
    if isinstance(await read_application(application_id, request, services), Response):
        raise NotFoundError("it is not recorded yet")
    try:
        view = await services.blocking.run(
            services.applications.view, application_id, number
        )
    except FileNotFoundError:
        raise NotFoundError(
            "there is no such view, or it is in the archive: `letterbox restore`"
        ) from None
    payload = json.dumps(view.said, indent=2, ensure_ascii=False)
    is_whole, payload = len(payload) <= _MAX_SAID, payload[:_MAX_SAID]
    about: dict[str, Any] = {
        "id": application_id,
        "view": view,
        "number": number,
    }
    return page(request, "view.html", **about, said=payload, is_whole=is_whole)


@router.get(f"{_HERE}/demographics", openapi_extra=needs(Permission.DEMOGRAPHICS))
async def show_demographics(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """Show demographic answers, apart from all else."""
    kept = await read_demographics(application_id, request, services)
    views = [
        (view.view, json.dumps(view.answers, indent=2, ensure_ascii=False))
        for view in kept.views
    ]
    return page(request, "demographics.html", id=application_id, views=views)


async def _shown_removed(
    application_id: str, request: Request, services: OperatorServices, gone: Any
) -> Response:
    about = await _about(application_id, request, services)
    return page(request, "removed.html", HTTPStatus.GONE, **about, gone=gone)


async def _about(
    application_id: str, request: Request, services: OperatorServices
) -> dict[str, Any]:
    return {
        "id": application_id,
        "history": await _history(application_id, services),
        "temporal_page": desk_of(request).temporal_page(application_id),
    }


async def _history(application_id: str, services: OperatorServices) -> History | None:
    """
    Return what has happened; None where that is not known in time.

    The journal has no word of it: of the candidate nothing is in it.
    """
    try:
        async with asyncio.timeout(_HISTORY_TIMEOUT):
            return await services.histories.find(application_id)
    except (LetterboxError, TimeoutError):
        return None


def _not_shown(record: Application) -> list[Any]:
    """List the documents of views that the record does not show."""
    return list(record.all_attachments())[len(record.attachments) :]

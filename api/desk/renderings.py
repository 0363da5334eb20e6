"""/desk/…/documents/{name}/text and /pages: a document, without opening it."""

from fastapi import APIRouter, Request, Response

from api.desk.pages import page
from api.desk.route import DeskRoute
from api.operator.auth import needs
from api.operator.dependencies import OperatorServicesDep
from api.operator.documents import DocumentName, find_document
from api.operator.path_ids import ApplicationId
from api.operator.renderings import (
    PageNumber,
    read_document_page,
    read_document_text,
)
from letterbox.domain.documents.pdf import MAX_PAGES
from letterbox.domain.errors import NotFoundError
from letterbox.domain.operators import Permission

_HERE = "/desk/applications/{application_id}/documents/{name}"
# Only to learn how many pages there are.
_SMALL = 100

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get(f"{_HERE}/text", openapi_extra=needs(Permission.DOCUMENTS))
async def show_text(
    application_id: ApplicationId,
    name: DocumentName,
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """Show the text of a document, as text."""
    read = await read_document_text(application_id, name, request, services)
    text = bytes(read.body).decode()
    return page(request, "document_text.html", id=application_id, name=name, text=text)


@router.get(f"{_HERE}/pages/{{number}}.png", openapi_extra=needs(Permission.DOCUMENTS))
async def draw(
    application_id: ApplicationId,
    name: DocumentName,
    number: PageNumber,
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """Draw a page of a PDF."""
    return await read_document_page(application_id, name, number, request, services)


@router.get(f"{_HERE}/pages/{{number}}", openapi_extra=needs(Permission.DOCUMENTS))
async def show_page(
    application_id: ApplicationId,
    name: DocumentName,
    number: PageNumber,
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """Show a page of a PDF, with a way to the next: the picture is in the journal."""
    await services.blocking.run(find_document, services, application_id, name)
    try:
        _, count = await services.renderings.run(
            services.texts.page,
            application_id,
            name,
            number,
            _SMALL,
        )
    except FileNotFoundError:
        raise NotFoundError("no such document") from None
    return page(
        request,
        "document_page.html",
        id=application_id,
        name=name,
        number=number,
        count=count,
        max_pages=MAX_PAGES,
    )

"""What a document says and looks like, without opening what a stranger has sent."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response

from api.operator.access import note_read
from api.operator.auth import OperatorRoute, needs
from api.operator.dependencies import OperatorServicesDep
from api.operator.documents import DocumentName, find_document
from api.operator.path_ids import ApplicationId
from api.operator.problems import documented
from letterbox.domain.documents.pdf import MAX_PAGES
from letterbox.domain.errors import NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Permission

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/plain": {"schema": {"type": "string"}}},
        "description": "The text, in UTF-8; at most a million characters",
    }
}
_COUNT = {
    "description": "How many pages the document has.",
    "schema": {"type": "integer"},
    "required": True,
}
_PNG = "image/png"
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {_PNG: {"schema": {"type": "string", "format": "binary"}}},
        "description": "The page as a picture",
        "headers": {"X-Page-Count": _COUNT},
    }
}
_HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox"}
_PROBLEMS = documented(403, 409, 410, 422)

PageNumber = Annotated[
    int, Path(ge=1, le=MAX_PAGES, description=f"From 1, up to {MAX_PAGES}.")
]

router = APIRouter(
    prefix="/applications/{application_id}/documents/{name}",
    route_class=OperatorRoute,
    responses=documented(404),
)


@router.get(
    "/text",
    openapi_extra=needs(Permission.DOCUMENTS),
    response_class=Response,
    responses=_TEXT | _PROBLEMS,
)
async def read_document_text(
    application_id: ApplicationId,
    name: DocumentName,
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """
    Read the text of a PDF, DOCX, ODT, RTF or TXT.

    It is for search and for reading; it is not all that the document shows. 404 says
    why there is none: a scan has no text, nor has what a password protects.
    """
    await services.blocking.run(find_document, services, application_id, name)
    await note_read(request, JournalAction.DOCUMENT, application_id, document=name)
    try:
        text = await services.renderings.run(
            services.texts.text,
            application_id,
            name,
        )
    except FileNotFoundError:
        raise NotFoundError("no such document") from None
    return Response(text, media_type="text/plain; charset=utf-8", headers=_HARMLESS)


@router.get(
    "/pages/{page}.png",
    openapi_extra=needs(Permission.DOCUMENTS),
    response_class=Response,
    responses=_PICTURE | _PROBLEMS,
)
async def read_document_page(  # noqa: PLR0913, PLR0917 which page, and how wide
    application_id: ApplicationId,
    name: DocumentName,
    page: PageNumber,
    request: Request,
    services: OperatorServicesDep,
    width: Annotated[
        int, Query(ge=100, le=2000, description="Of the picture, in pixels.")
    ] = 1000,
) -> Response:
    """Draw a page of a PDF: no script in it runs, and no link is followed."""
    await services.blocking.run(find_document, services, application_id, name)
    if not name.endswith(".pdf"):
        raise HTTPException(
            HTTPStatus.NOT_FOUND, "only the pages of a PDF can be drawn"
        )
    await note_read(request, JournalAction.DOCUMENT, application_id, document=name)
    try:
        picture, count = await services.renderings.run(
            services.texts.page,
            application_id,
            name,
            page,
            width,
        )
    except FileNotFoundError:
        raise NotFoundError("no such document") from None
    headers = _HARMLESS | {"X-Page-Count": str(count)}
    return Response(picture, media_type=_PNG, headers=headers)

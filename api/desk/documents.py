"""What the candidate has sent, to look at: pictures and text, or a download."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Request, Response

from api.desk.pages import page
from api.desk.route import DeskRoute
from api.operator.access import note_read
from api.operator.auth import needs
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.documents import find_document, read_document
from api.operator.path_ids import ApplicationId
from api.operator.renderings import read_document_page
from letterbox.domain.deeds import Deed
from letterbox.domain.errors import LetterboxError, NotFoundError, RenderingBusyError
from letterbox.domain.operators import Permission

_MAX_PAGES = 10
_MAX_TEXT = 200_000
# Enough to learn how many pages there are; those that are shown are drawn when seen.
_SMALL, _WIDE = 100, 1000
_HERE = "/desk/applications/{application_id}/documents/{name}"
_NEEDS = needs(Permission.DOCUMENTS)

DocumentName = Annotated[str, Path(pattern=r"^[0-9a-f]{64}\.[a-z0-9]{1,20}$")]

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@dataclass(frozen=True, slots=True)
class _Look:
    """What can be seen of a document, and why the rest cannot."""

    pages: int = 0
    text: str = ""
    troubles: tuple[str, ...] = ()


@router.get(_HERE, openapi_extra=_NEEDS)
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


@router.get(f"{_HERE}/view", openapi_extra=_NEEDS)
async def view(
    application_id: ApplicationId,
    name: DocumentName,
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """Show the pages of a document as pictures, and its text."""
    document = await to_thread.run_sync(find_document, services, application_id, name)
    await note_read(request, Deed.DOCUMENT, application_id, document=name)
    look = await _look(application_id, name, services)
    return page(
        request,
        "document.html",
        id=application_id,
        name=name,
        filename=document.attachment.filename,
        role=document.attachment.role,
        shown=range(1, min(look.pages, _MAX_PAGES) + 1),
        count=look.pages,
        text=look.text[:_MAX_TEXT],
        is_whole=len(look.text) <= _MAX_TEXT,
        troubles=look.troubles,
    )


@router.get(f"{_HERE}/pages/{{number}}.png", openapi_extra=_NEEDS)
async def picture(
    application_id: ApplicationId,
    name: DocumentName,
    number: Annotated[int, Path(ge=1, le=_MAX_PAGES)],
    request: Request,
    services: OperatorServicesDep,
) -> Response:
    """Draw a page of a PDF, in the limited process of the operator API."""
    return await read_document_page(
        application_id, name, number, request, services, _WIDE
    )


async def _look(application_id: str, name: str, services: OperatorServices) -> _Look:
    troubles: list[str] = []

    async def attempt(work: Callable[..., Any], *arguments: object) -> Any:
        try:
            return await to_thread.run_sync(
                work,
                application_id,
                name,
                *arguments,
                limiter=services.rendering_threads,
            )
        except FileNotFoundError:
            raise NotFoundError("no such document") from None
        except (NotFoundError, RenderingBusyError) as error:
            troubles.append(_words(error))
            return None

    drawn = None
    if name.endswith(".pdf"):
        drawn = await attempt(services.texts.page, 1, _SMALL)
    text = await attempt(services.texts.text)
    return _Look(
        pages=drawn[1] if drawn else 0,
        text=text.decode("utf-8", "replace") if text else "",
        troubles=tuple(dict.fromkeys(troubles)),
    )


def _words(error: LetterboxError) -> str:
    if isinstance(error, RenderingBusyError):
        return "too many documents are being looked at now: try again in a minute"
    return str(error)

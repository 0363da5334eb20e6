"""/applications/{id}/documents/{name}: what the candidate has sent."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Path, Request
from fastapi.responses import Response

from api.operator.access import note_read
from api.operator.auth import OperatorRoute, needs
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.downloads import (
    ByteRange,
    DocumentResponse,
    OutOfRangeError,
    content_disposition,
    parse_range,
)
from api.operator.lookup import look_up, with_documents
from api.operator.path_ids import ApplicationId
from api.operator.problems import documented
from letterbox.domain import keys
from letterbox.domain.application import Attachment, Stage
from letterbox.domain.errors import NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Permission

_BINARY = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_TEXT = {"schema": {"type": "string"}, "required": True}
_NAMED = {"ETag": _TEXT, "Content-Disposition": _TEXT}
_DOWNLOADS: dict[int | str, dict[str, Any]] = {
    200: {"content": _BINARY, "description": "The whole document", "headers": _NAMED},
    206: {
        "content": _BINARY,
        "description": "The requested part",
        "headers": _NAMED | {"Content-Range": _TEXT},
    },
    304: {"description": "Unchanged", "headers": {"ETag": _TEXT}},
}

DOCUMENT_NAME = r"^[0-9a-f]{64}\.[a-z0-9]{1,20}$"
DocumentName = Annotated[
    str,
    Path(
        pattern=DOCUMENT_NAME,
        description="`<sha256>.<ext>`, as `attachments` in the record has it.",
    ),
]

router = APIRouter(route_class=OperatorRoute, responses=documented(404))


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the store and the record have it."""

    attachment: Attachment
    name: str
    size: int


@router.get(
    "/applications/{application_id}/documents/{name}",
    openapi_extra=needs(Permission.DOCUMENTS),
    response_class=Response,
    responses=_DOWNLOADS | documented(403, 410, 416, 422),
)
async def read_document(  # noqa: PLR0913, PLR0917 the headers of RFC 9110
    application_id: ApplicationId,
    name: DocumentName,
    request: Request,
    services: OperatorServicesDep,
    byte_range: Annotated[
        str | None, Header(alias="Range", examples=["bytes=0-1023"])
    ] = None,
    if_range: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """
    Download a document: as an attachment, under the candidate's own name for it.

    Its `ETag` is the SHA-256 of its content. Several ranges at once are answered with
    the whole.
    """
    document = await services.blocking.run(
        find_document, services, application_id, name
    )
    etag = f'"{document.attachment.sha256}"'
    headers = _headers(document, etag)
    if _matches_etag(if_none_match, etag):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    try:
        part = parse_range(
            document.size, byte_range if if_range in {None, etag} else None
        )
    except OutOfRangeError:
        raise HTTPException(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "the document is shorter",
            {"Content-Range": f"bytes */{document.size}"},
        ) from None
    status = HTTPStatus.OK
    if part:
        status = HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{document.size}"
    await note_read(request, JournalAction.DOCUMENT, application_id, document=name)
    content = services.applications.open_document(application_id, name)
    part = part or ByteRange(0, document.size)
    return DocumentResponse(services.blocking, content, part, headers, status)


def find_document(
    services: OperatorServices, application_id: str, name: str
) -> StoredDocument:
    """Find a document in the open copy; refuse what is infected or archived."""
    record = look_up(services, application_id)
    attachments = with_documents(services, record).all_attachments() if record else ()
    matches = [attachment for attachment in attachments if attachment.name == name]
    if not matches:
        raise NotFoundError("no such document")
    quarantine = keys.quarantined(application_id, name)
    is_infected = any(match.scan == "infected" for match in matches)
    if is_infected or _exists(services, quarantine):
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "quarantined: the virus scanner found something"
        )
    if record and record.stage is Stage.ARCHIVED:
        raise HTTPException(
            HTTPStatus.GONE,
            {
                "detail": "archived: unpack it with `letterbox restore`",
                "stage": Stage.ARCHIVED,
            },
        )
    try:
        size = services.store.stat(keys.document(application_id, name)).size
    except FileNotFoundError:
        raise NotFoundError("no such document") from None
    return StoredDocument(matches[0], name, size)


def _exists(services: OperatorServices, key: str) -> bool:
    try:
        services.store.stat(key)
    except FileNotFoundError:
        return False
    return True


def _headers(document: StoredDocument, etag: str) -> dict[str, str]:
    return {
        "Content-Type": document.attachment.media_type or "application/octet-stream",
        "Content-Disposition": content_disposition(
            document.attachment.filename, document.name
        ),
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _matches_etag(if_none_match: str | None, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag in tags or "*" in tags

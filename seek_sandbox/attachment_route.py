"""``GET`` and ``HEAD /attachments/…``."""

from base64 import b64decode
from collections.abc import Iterator
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from seek_sandbox.attachments import Attachment, content_disposition
from seek_sandbox.documents import make_document
from seek_sandbox.faults import (
    LargeAttachment,
    OddAttachment,
    Redacted,
    Redirect,
    Unauthenticated,
    VanishedAttachment,
)
from seek_sandbox.interruptions import interrupted
from seek_sandbox.people import invent_person
from seek_sandbox.state import Origin, Running, Sandbox
from seek_sandbox.world import Application

router = APIRouter(tags=["SEEK"])
_CHUNK = 64 * 1024
# Where a redirect within the origin leads: it is not redirected again.
_MOVED = "moved/"


@router.head("/attachments/{path:path}")
@router.get("/attachments/{path:path}")
async def attachment(
    request: Request, path: str, sandbox: Running, origin: Origin
) -> Response:
    """Serve a document to whoever bears the token, or the fault that was ordered."""
    request.state.operations = ["attachment"]
    application, attachment = _find(sandbox, path.removeprefix(_MOVED))
    profiles = frozenset({application.profile_id} if application else ())
    faults, options = sandbox.faults, sandbox.options
    if struck := await interrupted(faults, "attachment", profiles):
        return struck
    good = sandbox.tokens.good(request.headers.get("Authorization"))
    if not good or faults.take(Unauthenticated, profiles, "attachment"):
        return Response(status_code=options.attachment_unauthorized_status)
    if not path.startswith(_MOVED) and (moved := faults.take(Redirect, profiles)):
        location = moved.location or f"{origin}/attachments/{_MOVED}{path}"
        return Response(status_code=moved.status, headers={"Location": location})
    return _served(sandbox, application, attachment)


def _served(
    sandbox: Sandbox, application: Application | None, attachment: Attachment | None
) -> Response:
    missing = sandbox.options.attachment_missing_status
    if not application or not attachment:
        return Response(status_code=missing)
    profiles = frozenset({application.profile_id})
    if vanished := sandbox.faults.take(VanishedAttachment, profiles):
        return Response(status_code=vanished.status or missing)
    if sandbox.faults.find(Redacted, profiles):
        return Response(status_code=missing)
    if large := sandbox.faults.take(LargeAttachment, profiles):
        return _large(large)
    odd = sandbox.faults.take(OddAttachment, profiles)
    return Response(
        b64decode(odd.content) if odd else _document(sandbox, application, attachment),
        HTTPStatus.OK,
        {"Content-Disposition": content_disposition(attachment.filename)},
        attachment.media_type,
    )


def _find(sandbox: Sandbox, path: str) -> tuple[Application | None, Attachment | None]:
    """Find an application by the opaque end of its id, and its document."""
    world = sandbox.world
    application = world.by_tail(path.rpartition("/")[0])
    documents = application.attachments(world.ids) if application else ()
    matches = (document for document in documents if document.path == path)
    attachment = next(matches, None)
    return application, attachment


def _document(
    sandbox: Sandbox, application: Application, attachment: Attachment
) -> bytes:
    person = invent_person(sandbox.world.ids, application.person)
    lines = (
        person.formatted,
        person.email,
        *attachment.descriptions,
        f"Document {attachment.attachment_id}",
        "An invented person, for trying out Letterbox.",
    )
    return make_document(attachment.media_type, lines)


def _large(fault: LargeAttachment) -> Response:
    headers = {"Content-Disposition": content_disposition("large.pdf")}
    if fault.declared:
        headers["Content-Length"] = str(fault.size)

    def chunks() -> Iterator[bytes]:
        left = fault.size
        while left > 0:
            yield b"\0" * min(left, _CHUNK)
            left -= _CHUNK

    return StreamingResponse(chunks(), HTTPStatus.OK, headers, "application/pdf")

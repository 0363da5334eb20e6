"""What the sandbox plays of other boards: documents at addresses, and statuses."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from seek_sandbox.attachments import content_disposition
from seek_sandbox.orders import LaidOut, StatusSeen
from seek_sandbox.state import Origin

router = APIRouter(tags=["other boards"])
_MAX_FILES = 100
_MAX_BYTES = 32 * 1024 * 1024


@dataclass
class OtherBoards:
    """The last documents that were laid out, and the last statuses that came in."""

    files: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict)
    statuses: deque[StatusSeen] = field(default_factory=lambda: deque(maxlen=1000))


async def _other_boards(request: Request) -> OtherBoards:
    others: OtherBoards = request.app.state.other_boards
    return others


Others = Annotated[OtherBoards, Depends(_other_boards)]


@router.post("/sandbox/files", tags=["control"])
async def lay_out(
    request: Request, origin: Origin, others: Others, name: str = "cv.pdf"
) -> LaidOut:
    """Lay the body out as a document, at an address that is hard to guess."""
    body = await request.body()
    if len(body) > _MAX_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    key = token_urlsafe(16)
    others.files[key] = (name, body)
    while len(others.files) > _MAX_FILES:
        others.files.popitem(last=False)
    return LaidOut(url=f"{origin}/files/{key}")


@router.get("/files/{key}")
async def serve(key: str, others: Others) -> Response:
    """Serve a document that was laid out."""
    if key not in others.files:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    name, body = others.files[key]
    headers = {"Content-Disposition": content_disposition(name)}
    return Response(body, HTTPStatus.OK, headers, "application/octet-stream")


@router.post("/statuses/{board}", status_code=HTTPStatus.CREATED)
async def take_status(
    board: str, request: Request, said: dict[str, Any], others: Others
) -> Response:
    """Take a status, as a board does."""
    token = request.headers.get("Authorization", "")
    others.statuses.append(StatusSeen(board=board, authorization=token, said=said))
    return Response(status_code=HTTPStatus.CREATED)


@router.get("/sandbox/statuses", tags=["control"])
async def statuses(others: Others) -> list[StatusSeen]:
    """List the statuses that came in, in order."""
    return list(others.statuses)

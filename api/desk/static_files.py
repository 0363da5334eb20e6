"""What the pages load besides themselves: a style, two scripts and a picture."""

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

_TYPES = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "htmx-2.0.11.min.js": "text/javascript; charset=utf-8",
    "letterbox.svg": "image/svg+xml",
}
PREFIX = "/desk/static/"


@dataclass(frozen=True, slots=True)
class _StaticFile:
    body: bytes
    media_type: str
    version: str


def _read(name: str, media_type: str) -> _StaticFile:
    body = files("api.desk").joinpath("static", name).read_bytes()
    return _StaticFile(body, media_type, sha256(body).hexdigest()[:16])


_FILES = {name: _read(name, media_type) for name, media_type in _TYPES.items()}

router = APIRouter()


def address_of(name: str) -> str:
    """Return the address of a file; another content has another address."""
    return f"{PREFIX}{name}?v={_FILES[name].version}"


@router.get(f"{PREFIX}{{name}}", include_in_schema=False)
async def read_static(name: str, request: Request) -> Response:
    """Send a file; a browser keeps what has its version in the address."""
    if (known := _FILES.get(name)) is None:
        raise HTTPException(404, "no such file")
    is_versioned = request.query_params.get("v") == known.version
    kept = "public, max-age=31536000, immutable" if is_versioned else "no-cache"
    headers = {"Cache-Control": kept}
    return Response(known.body, media_type=known.media_type, headers=headers)

"""Makes pages of templates: whatever a stranger wrote is text, and stays text."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.desk.notices import notice_of
from api.desk.sessions import Session
from api.desk.static_files import address_of
from letterbox.boards import discover

_KIB = 1024
_MAX_LISTED = 100
_DAY = 24
_UNITS = (
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("min", timedelta(minutes=1)),
)


def session_of(request: Request) -> Session | None:
    """Return the session of a request; None on the page where it is opened."""
    session: Session | None = getattr(request.state, "session", None)
    return session


def page(
    request: Request, template: str, status: int = 200, **about: Any
) -> HTMLResponse:
    """Return a page; ``about`` is what its template tells."""
    session = session_of(request)
    known = {
        "session": session,
        "notice": notice_of(request, session),
        "operator": session.caller.operator if session else None,
        "csrf": session.csrf if session else "",
        "path": request.url.path,
        **about,
    }
    body = _TEMPLATES.get_template(template).render(known)
    return HTMLResponse(body, status)


def application_address(application_id: str) -> str:
    """Return the address of an application's page."""
    return f"/desk/applications/{quote(application_id, safe='')}"


def board_title(name: str) -> str:
    """Return a board's name as people write it; of one that is no more, its id."""
    board = discover().get(name)
    return board.title if board else name


def moment(at: datetime | None) -> str:
    """Write a moment for people, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else ""


def elapsed(at: datetime | None, now: datetime | None = None) -> str:
    """Write how long ago a moment is, or how far ahead, in its largest unit."""
    if at is None:
        return ""
    between = (now or datetime.now(UTC)) - at
    if not (words := _length(abs(between))):
        return "just now"
    return f"{words} ago" if between > timedelta(0) else f"in {words}"


def _length(between: timedelta) -> str:
    for unit, one in _UNITS:
        if between >= one:
            return f"{between // one} {unit}"
    return ""


def size(count: int) -> str:
    """Write a number of bytes."""
    if count < _KIB:
        return f"{count} bytes"
    if count < _KIB * _KIB:
        return f"{count / _KIB:.0f} KB"
    return f"{count / _KIB / _KIB:.1f} MB"


def _short(text: str | None) -> str:
    """Cut what would fill a list by itself; the page of it has the whole."""
    text = text or ""
    return text if len(text) <= _MAX_LISTED else f"{text[:_MAX_LISTED]}…"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "address": application_address,
        "board_title": board_title,
        "elapsed": elapsed,
        "iso": lambda at: at.astimezone(UTC).isoformat() if at else "",
        "json": json.dumps,
        "length_of": _length,
        "moment": moment,
        "short": _short,
        "sentence": lambda text: f"{text[:1].upper()}{text[1:].removesuffix('.')}.",
        "size": size,
        "words": lambda code: re.sub(r"[-_]+", " ", code).lower(),
    }
    made.globals |= {"static": address_of}
    return made


_TEMPLATES = _environment()

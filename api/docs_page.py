"""The API's addresses on one page, for people; made of the OpenAPI document."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

# Nothing is loaded from anywhere, nothing runs, and no token is asked for.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_STYLE = "body{font:1em sans-serif;max-width:50em;margin:2em auto;line-height:1.4}"
# All of Markdown that our descriptions use.
_MARKS = (
    (re.compile(r"\*\*(.+?)\*\*"), "strong"),
    (re.compile(r"``(.+?)``"), "code"),
    (re.compile(r"`(.+?)`"), "code"),
)

router = APIRouter()


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Show what ``/openapi.json`` has."""
    document = request.app.openapi()
    return HTMLResponse(
        "".join(_page(document)), headers={"Content-Security-Policy": _POLICY}
    )


def _page(document: dict[str, Any]) -> Iterator[str]:
    info = document["info"]
    title = escape(f"{info['title']} {info['version']}")
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{_STYLE}</style><h1>{title}</h1>{_text(info['description'])}"
    yield '<p>For machines: <a href="openapi.json">openapi.json</a>.</p>'
    for tag in document["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2>{_text(tag['description'])}"
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    yield f"<h3><code>{method.upper()} {escape(path)}</code></h3>"
                    yield _text(operation["description"])


def _text(markdown: str) -> str:
    marked = escape(markdown.strip())
    for mark, element in _MARKS:
        marked = mark.sub(rf"<{element}>\1</{element}>", marked)
    return "".join(f"<p>{block}</p>" for block in marked.split("\n\n"))

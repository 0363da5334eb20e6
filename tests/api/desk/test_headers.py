"""What a browser is told about every page: it keeps nothing and runs nothing."""

import hashlib
import re
from pathlib import Path

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from api.desk.responses import DeskResponses
from tests.api.desk.signed_in import Desk, page_of
from tests.support import ROOT

pytestmark = pytest.mark.xdist_group("desk")

STATIC = ROOT / "api/desk/static"
TEMPLATES = sorted((ROOT / "api/desk/templates").glob("*.html"))
HTMX = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
PAGES = (
    "",
    "/applications",
    "/positions",
    "/holds",
    "/erasures",
    "/audit",
    "/nowhere",
    "/sign-in",
    "/applications/careerjet:nobody",
    "/static/nothing.js",
)


@pytest.mark.parametrize("page", PAGES)
async def test_every_answer_has_a_strict_policy(page: str, desk: Desk) -> None:
    """Pages that are not there too."""
    answer = await desk.http.get(f"/desk{page}")

    headers = answer.headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Set-Cookie" not in headers


async def test_a_method_that_a_page_has_not_is_answered_with_one_that_it_has(
    desk: Desk,
) -> None:
    """As a page, like all that is wrong."""
    answer = await desk.http.put("/desk/applications")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert "<h1>This cannot be opened</h1>" in answer.text


@pytest.mark.parametrize("is_begun", [False, True])
async def test_a_failure_of_ours_is_a_page_too_and_is_passed_on(
    *, is_begun: bool
) -> None:
    """Whoever logs it is outside; of an answer that has begun the rest is lost."""
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        if is_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("Ada Example")

    scope = {"type": "http", "method": "GET", "path": "/desk", "headers": []}
    with pytest.raises(RuntimeError):
        await DeskResponses(fails)(scope, nothing, keep)

    assert [message.get("status", 0) for message in sent] == (
        [200] if is_begun else [500, 0]
    )
    if not is_begun:
        assert b"See the log of the API." in sent[1]["body"]
        assert b"Ada" not in sent[1]["body"]
    headers = Headers(raw=sent[0]["headers"])
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY


async def test_a_page_names_no_foreign_host_but_temporals_ui(desk: Desk) -> None:
    """Nothing is loaded from anywhere else, and nothing is written inline."""
    application_id = await desk.server.recorded(job_id="nobody-knows-it")

    pages = [await desk.open(f"/desk{page}") for page in (*PAGES[:6], "/sign-in")]
    pages.append(await desk.open(page_of(application_id)))

    for page in pages:
        loaded = re.findall(
            r'<(?:script|link|img|iframe)[^>]+(?:src|href)="([^"]+)"', page
        )
        assert loaded
        # Files of the desk, and pictures of this application's documents.
        own = ("/desk/static/", f"{page_of(application_id)}/documents/")
        assert all(address.startswith(own) for address in loaded)
        assert set(re.findall(r'"(https?://[^/"]+)', page)) <= {"http://127.0.0.1:8233"}
        assert not re.search(r"<style|\sstyle=|<script>|\son[a-z]+=", page)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_lets_strangers_text_through_or_runs_anything(
    template: Path,
) -> None:
    """Escaping is on by itself: nothing may turn it off, nor write into a script."""
    text = template.read_text()

    assert not re.search(r"\|\s*safe|autoescape|Markup|<style|\sstyle=", text)
    assert not re.search(r"<script(?! src)", text)
    assert not re.search(r"=\{\{", text), "an attribute without quotes"


async def test_static_files_are_kept_by_their_content(
    stranger: httpx.AsyncClient,
) -> None:
    """A browser asks again when a release brings another."""
    page = (await stranger.get("/desk/sign-in")).text
    addresses = re.findall(r'"(/desk/static/[^"]+)"', page)

    answers = [await stranger.get(address) for address in addresses]
    old = await stranger.get("/desk/static/desk.css?v=0123456789abcdef")

    assert len(set(addresses)) == 4
    assert {answer.status_code for answer in answers} == {200}
    assert all("immutable" in answer.headers["Cache-Control"] for answer in answers)
    assert old.headers["Cache-Control"] == "no-cache"


async def test_static_files_are_those_that_are_named(
    stranger: httpx.AsyncClient,
) -> None:
    """Nothing else of the machine is to be had there."""
    answers = [
        await stranger.get(f"/desk/static/{name}")
        for name in ("..%2Fpages.py", "%2Fetc%2Fpasswd", "htmx-2.0.11.LICENSE", "")
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_htmx_is_the_file_of_its_package_with_its_licence() -> None:
    """Of htmx.org 2.0.11, dist/htmx.min.js, unchanged."""
    body = (STATIC / "htmx-2.0.11.min.js").read_bytes()

    assert hashlib.sha256(body).hexdigest() == HTMX
    assert "Zero-Clause BSD" in (STATIC / "htmx-2.0.11.LICENSE").read_text()

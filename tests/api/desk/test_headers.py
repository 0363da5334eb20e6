"""What a browser is told about every page: it keeps nothing and runs nothing."""

import hashlib
import re
from pathlib import Path

import httpx
import pytest

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
        assert all(address.startswith("/desk/static/") for address in loaded)
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

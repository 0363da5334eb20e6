"""A CV is looked at on the desk, and nothing of it runs there."""

import re
from hashlib import sha256
from html import unescape
from uuid import uuid4

import pytest

from letterbox_cli.samples import CV
from tests.api.desk.signed_in import Desk, page_of, signed_in
from tests.record_factory import attachment, record

pytestmark = pytest.mark.xdist_group("desk")


def put(desk: Desk, body: bytes, kind: str, **about: object) -> str:
    """Record an application with one document; return the address of its page."""
    application_id = f"careerjet:{uuid4()}"
    name = f"{sha256(body).hexdigest()}.{kind}"
    told = attachment(name).model_copy(update=about)
    desk.server.put(record(application_id, told), {name: body})
    return page_of(application_id)


async def test_the_pages_and_the_text_of_a_cv_are_shown(desk: Desk) -> None:
    """From the page of the application, by addresses that are in it."""
    here = await desk.open(put(desk, CV.read_bytes(), "pdf"))
    picture, pages, text = (
        unescape(re.findall(pattern, here)[0])
        for pattern in (
            r'src="([^"]+/pages/1\.png)"',
            r'href="([^"]+/pages/1)"',
            r'href="([^"]+/text)"',
        )
    )

    drawn = await desk.http.get(picture)
    whole = await desk.open(pages)
    beyond = await desk.http.get(pages.replace("/pages/1", "/pages/2"))

    assert drawn.headers["Content-Type"] == "image/png"
    assert drawn.content.startswith(b"\x89PNG")
    assert "Page 1 of 1" in whole
    assert picture in unescape(whole)
    assert "Next page" not in whole
    assert beyond.status_code == 404
    assert "no such page" in beyond.text
    assert "Letter carrier, 12 years" in await desk.open(text)


async def test_a_text_that_is_markup_is_shown_as_text(desk: Desk) -> None:
    """Whatever a stranger has put into it."""
    body = b"<script>alert(1)</script> & <b>Ada</b>"
    here = await desk.open(put(desk, body, "txt"))
    assert "/pages/" not in here
    [address] = re.findall(r'href="([^"]+/text)"', here)

    shown = await desk.open(unescape(address))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown


async def test_what_is_infected_or_not_for_a_viewer_is_not_offered(desk: Desk) -> None:
    """And is refused to whoever types its address."""
    body = CV.read_bytes()
    infected = put(desk, body, "pdf", scan="infected")
    sound = put(desk, body, "pdf")
    rest = f"/documents/{sha256(body).hexdigest()}.pdf/pages/1"

    page = await desk.open(infected)
    refused = await desk.http.get(f"{infected}{rest}")
    async with signed_in(desk.server, desk.server.tokens["victor"]) as viewer:
        shown = await viewer.open(sound)
        typed = await viewer.http.get(f"{sound}{rest}")

    assert "/pages/1" not in page
    assert "/pages/1" not in shown
    assert (refused.status_code, typed.status_code) == (403, 403)

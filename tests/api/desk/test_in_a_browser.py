"""The desk in a real Chromium: with script and without, wide and narrow."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from anyio import to_thread
from playwright.async_api import Browser, Page, expect

from api.desk.route import COOKIE
from api.desk.sessions import Sessions
from letterbox.boards.indeed import BOARD as INDEED
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.application import PositionOpening
from letterbox.domain.positions import Position
from letterbox.operators.callers import Callers
from letterbox_cli.samples import CV
from tests.api.desk.browser import (
    NEEDS_CHROMIUM,
    opened,
    refuse_barriers,
    running_browser,
    sign_in,
)
from tests.api.desk.conftest import INDEED_SECRET
from tests.api.desk.signed_in import page_of
from tests.api.operator.operator_server import OPEN, OperatorServer
from tests.api.operator.serving import TOKEN
from tests.record_factory import attachment, record
from tests.support import eventually

pytestmark = [pytest.mark.xdist_group("desk"), NEEDS_CHROMIUM]

PAGES = ("", "/applications", "/positions", "/holds", "/erasures", "/audit")
NARROW = {"width": 390, "height": 844}
HTML = b"<script>alert(1)</script>"


@pytest_asyncio.fixture(name="browser", scope="module", loop_scope="session")
async def _browser() -> AsyncIterator[Browser]:
    """Start it once: that costs more than all that is done in it."""
    async with running_browser() as browser:
        yield browser


async def from_indeed(server: OperatorServer, job_id: str) -> str:
    """Send an application as Indeed does, and wait until somebody has to choose."""
    board_id = str(uuid4())
    cv = ("Ada Example.pdf", CV.read_bytes())
    post = INDEED.sample_post(board_id, job_id, INDEED_SECRET, cv, None)
    answer = await server.http.post(
        "/apply/indeed", content=post.body, headers=dict(post.headers)
    )
    assert answer.status_code == 200

    async def is_recorded() -> bool:
        return server.records.applications.find(f"indeed:{board_id}") is not None

    await eventually(is_recorded)
    return f"indeed:{board_id}"


async def test_an_application_from_indeed_is_looked_at_and_assigned(
    browser: Browser, server: OperatorServer
) -> None:
    """By keyboard where that is quicker; and axe finds nothing in the way."""
    application_id = await from_indeed(server, f"{OPEN}-typo")
    async with opened(browser, server.url) as page:
        await page.goto("/desk/applications")
        await refuse_barriers(page)
        await sign_in(page, "a wrong one")
        await expect(page.get_by_role("alert")).to_have_text("This token is not known.")
        await sign_in(page)
        await expect(page).to_have_url(f"{server.url}/desk/applications")
        await refuse_barriers(page)
        await page.keyboard.press("j")
        await expect(page.locator("a.row").first).to_be_focused()
        await page.keyboard.press("/")
        await expect(page.get_by_label("Find by address or id")).to_be_focused()
        await page.keyboard.type(application_id)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**{page_of(application_id)}")
        await refuse_barriers(page)
        assert await _downloaded(page, "Ada Example.pdf") == CV.read_bytes()
        await expect(page.get_by_text("Years of experience")).to_be_visible()

        await page.get_by_text("Look at it").click()
        picture = page.get_by_role("img", name="The first page")
        await expect(picture).to_have_js_property("naturalWidth", 1000)

        await page.get_by_label("Letter carrier").check()
        await page.get_by_role("button", name="Assign").click()

        await expect(page.get_by_role("status")).to_have_text(
            "The position is assigned."
        )
        await expect(page.get_by_text("assigned", exact=True)).to_be_visible()
        await refuse_barriers(page)
    found = server.records.applications.find(application_id)
    assert found
    assert found.position.reference == OPEN


async def test_a_hold_and_an_erasure_work_without_script(
    browser: Browser, server: OperatorServer
) -> None:
    """Held, refused, released, asked twice, erased."""
    application_id = await server.recorded()
    async with opened(browser, server.url, java_script_enabled=False) as page:
        await page.goto(page_of(application_id))
        await sign_in(page)
        await page.get_by_text("Place a legal hold").click()
        await page.get_by_label("Reason (a case number, no names)").fill("case 4711")
        await page.get_by_role("button", name="Hold", exact=True).click()
        await expect(page.get_by_text("On hold", exact=True)).to_be_visible()

        await page.get_by_role("link", name="Erase …").click()
        await expect(page.get_by_role("alert")).to_contain_text("case 4711")
        await expect(page.get_by_role("alert")).to_contain_text("release it first")
        await page.get_by_role("link", name="Go back").click()
        await page.get_by_role("button", name="Release the hold").click()
        await _erase(page)

        await expect(page.get_by_role("status")).to_contain_text("was erased")
    assert server.records.applications.tombstone(application_id)


async def _erase(page: Page) -> None:
    await page.get_by_role("link", name="Erase …").click()
    await page.get_by_label("Reason (a case number, no names)").fill("case 12")
    await page.get_by_role("button", name="Erase …").click()
    await page.get_by_role("button", name="Erase for good").click()


async def test_an_ended_session_and_a_forged_form_change_nothing(
    browser: Browser, server: OperatorServer
) -> None:
    """The one leads to the sign-in and back; the other is refused."""
    application_id = await server.recorded()
    before = server.records.applications.find(application_id)
    async with opened(browser, server.url) as page:
        await page.context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": _ended(),
                    "domain": "127.0.0.1",
                    "path": "/desk",
                }
            ]
        )
        await page.goto(page_of(application_id))
        await expect(page.get_by_role("status")).to_contain_text("has ended")
        await sign_in(page)
        await page.wait_for_url(f"**{page_of(application_id)}")

        await page.evaluate(
            "document.querySelectorAll('[name=csrf]').forEach((field) => {"
            " field.value = 'forged' })"
        )
        await page.get_by_role("button", name="Tell the ATS again").click()

        await expect(page.get_by_role("alert")).to_contain_text(
            "not made for your session"
        )
    assert before
    assert server.records.applications.find(application_id) == before


def _ended() -> str:
    """Return the cookie of a session that has ended by now."""
    callers = Callers([TOKEN.encode()])
    caller = callers.known(TOKEN.encode())
    assert caller
    return Sessions(callers, timedelta(0)).open(caller)


async def test_a_caller_of_another_hirer_finds_nothing(
    browser: Browser, server: OperatorServer
) -> None:
    """Neither by the address of a page, nor by the id."""
    one = f"careerjet:of-acme-{uuid4()}"
    of_acme = PositionOpening(reference="DEV-17", hirer="acme")
    server.put(record(one, position=of_acme))
    async with opened(browser, server.url) as page:
        await page.goto(page_of(one))
        await sign_in(page, server.tokens["ats-other"])
        await expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
        await page.get_by_label("Find by address or id").fill(one)
        await page.get_by_role("button", name="Find").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
        await expect(page.get_by_text("Ada Example")).to_have_count(0)


async def test_shortcuts_lead_where_their_list_says(
    browser: Browser, server: OperatorServer
) -> None:
    """And are off, in this browser, for whom they are in the way."""
    for _ in range(2):
        await server.recorded(job_id="nobody-knows-it")
    async with opened(browser, server.url) as page:
        await sign_in(page)
        await page.wait_for_url("**/desk")
        for keys, path in (("gh", "/holds"), ("gp", "/positions"), ("gt", "")):
            await page.keyboard.type(keys)
            await page.wait_for_url(f"**/desk{path}")
        await page.keyboard.type("ga")
        await page.wait_for_url("**/desk/applications")
        await page.keyboard.type("jjk")
        await expect(page.locator("a.row").first).to_be_focused()
        await page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
        await expect(dialog).to_be_visible()
        await refuse_barriers(page)
        await page.get_by_label("Use these shortcuts in this browser").uncheck()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await page.keyboard.type("gh")
        await page.keyboard.press("j")
        assert page.url.endswith("/desk/applications")


async def test_every_page_fits_a_telephone_and_is_accessible(
    browser: Browser, server: OperatorServer
) -> None:
    """
    Nothing is cut off at 390 pixels, however long a word is, nor hard to read.

    It takes some seconds: twelve pages, each looked at by axe, light and dark.
    """
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 4
    waits = await server.recorded(job_id=word, lastname=word)
    CatalogueWriter(server.store).put(Position(reference=word[:-9], title=word))
    held = await server.recorded()
    await server.ask("POST", held, "/hold", json={"reason": word})
    async with opened(browser, server.url, viewport=NARROW) as page:
        await sign_in(page)
        for path in (
            *(f"/desk{name}" for name in PAGES),
            *map(page_of, (waits, held)),
            *(f"{page_of(one)}/erase" for one in (waits, held)),
            f"{page_of(waits)}/views/1",
        ):
            await page.goto(path)
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= NARROW["width"], path
            await page.emulate_media(color_scheme="light")
            await refuse_barriers(page)
            await page.emulate_media(color_scheme="dark")
            await refuse_barriers(page, "color-contrast")


async def test_hostile_names_and_files_run_nothing(
    browser: Browser, server: OperatorServer
) -> None:
    """They are shown as they are; a file is saved, and never opened in the desk."""
    application_id = f"careerjet:{uuid4()}<img src=x onerror=alert(1)>"
    document = f"{'0' * 64}.html"
    hostile = record(
        application_id,
        attachment(document).model_copy(
            update={"filename": "<svg onload=alert(1)>.html", "media_type": "text/html"}
        ),
    )
    name = hostile.candidate.person.name.model_copy(
        update={"formatted": "<script>alert(1)</script>"}
    )
    person = hostile.candidate.person.model_copy(update={"name": name})
    candidate = hostile.candidate.model_copy(update={"person": person})
    server.put(hostile.model_copy(update={"candidate": candidate}), {document: HTML})
    async with opened(browser, server.url) as page:
        await page.goto(page_of(application_id))
        await sign_in(page)

        await expect(page.get_by_role("heading", level=1)).to_have_text(
            "<script>alert(1)</script>"
        )
        assert await _downloaded(page, "svg onload=alert(1)") == HTML
        await page.evaluate(
            "(address) => { location.href = address }",
            f"{page_of(application_id)}/documents/{document}",
        )
        await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def _downloaded(page: Page, name: str) -> bytes:
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name=name).click()
    downloaded = await downloading.value
    return await to_thread.run_sync(Path(await downloaded.path()).read_bytes)

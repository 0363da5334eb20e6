"""Single sign-on in Chromium: the provider is another site, as it is for people."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from api.desk.route import COOKIE
from tests.api.desk.browser import (
    NEEDS_CHROMIUM,
    opened,
    refuse_barriers,
    running_browser,
)
from tests.api.desk.signing_in_there import TARA, SingleSignOn

pytestmark = [pytest.mark.xdist_group("single-sign-on"), NEEDS_CHROMIUM]


@pytest_asyncio.fixture(name="browser", scope="module", loop_scope="session")
async def _browser() -> AsyncIterator[Browser]:
    """Start it once: that costs more than all that is done in it."""
    async with running_browser() as browser:
        yield browser


@pytest.mark.parametrize("has_script", [True, False])
async def test_somebody_signs_in_at_another_site_and_out_at_both(
    browser: Browser, sso: SingleSignOn, *, has_script: bool
) -> None:
    """
    The strict cookie is there when the desk asks for it, with script and without.

    Chromium holds redirects after a form to the policy; nothing of it is in the way.
    """
    sso.provider.reset(TARA)
    url = sso.settings.desk_url
    async with opened(browser, url, java_script_enabled=has_script) as page:
        await page.goto("/desk/holds")
        await page.get_by_role("link", name="Sign in with Example SSO").click()
        await page.get_by_role("button", name="Log in").click()
        await page.wait_for_url("**/desk/holds")

        title = page.get_by_role("heading", level=1)
        await expect(title).to_have_text("Legal holds")
        await expect(page.get_by_title("triage")).to_contain_text("tara~")
        [cookie] = await page.context.cookies()
        assert (cookie["name"], cookie["sameSite"]) == (COOKIE, "Strict")
        assert cookie["httpOnly"]

        await page.get_by_role("button", name="Sign out").click()
        note = page.get_by_role("status")
        await expect(note).to_contain_text("perhaps not at Example SSO")
        if has_script:
            await refuse_barriers(page)
        await page.get_by_role("link", name="Sign out there too").click()
        await expect(page).to_have_url(f"{url}/desk/sign-in")
        assert await page.context.cookies() == []


async def test_who_has_no_role_is_told_so_and_can_use_a_token(
    browser: Browser, sso: SingleSignOn
) -> None:
    """The page is the one where one signs in."""
    sso.provider.reset({"sub": "nobody"})
    async with opened(browser, sso.settings.desk_url) as page:
        await page.goto("/desk/sign-in")
        await page.get_by_role("link", name="Sign in with Example SSO").click()
        await page.get_by_role("button", name="Log in").click()

        await expect(page.get_by_role("alert")).to_contain_text("none of your roles")
        await expect(page.get_by_label("Your token")).to_be_visible()
        await refuse_barriers(page)

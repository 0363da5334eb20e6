"""Chromium, as people use the desk with it; Debian's, since it is on the machine."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from tests.api.operator.serving import TOKEN

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium on this machine"
)
_SERIOUS = {"serious", "critical"}


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Start Chromium, for as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def opened(browser: Browser, url: str, **how: Any) -> AsyncIterator[Page]:
    """
    Have a window of a person's own.

    Whatever its policy has kept from running, or a script has failed at, fails the
    test, and so does a dialog, which only a stranger's script could open.
    """
    context = await browser.new_context(base_url=url, **how)
    context.set_default_timeout(30_000)
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if _is_trouble(said.text) else None,
    )
    try:
        yield page
    finally:
        await context.close()
    assert troubles == []


async def sign_in(page: Page, token: str = TOKEN) -> None:
    """Sign in, from whatever page asks for it."""
    if "/desk/sign-in" not in page.url:
        await page.goto("/desk")
    await page.get_by_label("Your token").fill(token)
    await page.get_by_role("button", name="Sign in").click()


async def refuse_barriers(page: Page, *rules: str) -> None:
    """Fail where axe finds, by some rules or all, what keeps somebody out of a page."""
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    options = {"resultTypes": ["violations"], **only}
    found = (await Axe().run(page, options=options)).response["violations"]
    serious = [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found
        if one["impact"] in _SERIOUS
    ]
    assert serious == [], page.url


def _is_trouble(text: str) -> bool:
    return "Content Security Policy" in text or "Content-Security-Policy" in text

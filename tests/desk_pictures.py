"""Takes the pictures of docs/desk.md: ``python -m tests.desk_pictures``."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.api.desk.browser import opened, running_browser, sign_in
from tests.end_to_end.processes.up_process import Up
from tests.support import ROOT, wait_until

_DOCS = ROOT / "docs"
_WIDE = {"width": 1200, "height": 960}
_SENT = (
    ("careerjet",),
    ("seek",),
    ("indeed",),
    ("careerjet", "--job-id", "20240107-123456-nz"),
    ("indeed", "--job-id", "LETTER-CARRIER"),
    ("indeed", "--job-id", "20240107-123456-789"),
)


def main() -> None:
    """Run everything as ``make run`` does, send invented people, and take pictures."""
    with tempfile.TemporaryDirectory() as folder:
        up = Up(Path(folder))
        try:
            up.program.start()
            for sample in _SENT:
                ran = up.letterbox("send", *sample)
                assert ran.returncode == 0, ran
            wait_until(lambda: len(_triage(up)) == 2)
            port = up.ports["LETTERBOX_API_PORT"]
            token = up.told("sign in with [0-9a-f]+").split()[-1]
            asyncio.run(_take(f"http://127.0.0.1:{port}", token, _triage(up)[0]))
        finally:
            up.end()


def _triage(up: Up) -> list[str]:
    listed = up.json("list", "--stage", "triage")
    return [item["id"] for item in listed["items"]]


async def _take(url: str, token: str, application_id: str) -> None:
    async with running_browser() as browser:
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            await _take_in(browser, url, token, application_id, scheme, suffix)


async def _take_in(  # noqa: PLR0913, PLR0917 what a picture is of
    browser: Browser,
    url: str,
    token: str,
    application_id: str,
    scheme: str,
    suffix: str,
) -> None:
    async with opened(browser, url, viewport=_WIDE, color_scheme=scheme) as page:
        await sign_in(page, token)
        await page.goto("/desk")
        await page.get_by_text("Last 24 hours").first.wait_for()
        if not suffix:
            await page.screenshot(path=_DOCS / "desk-today.png")
            await page.goto("/desk/applications")
            await page.screenshot(
                path=_DOCS / "desk-triage.png",
                clip={"x": 0, "y": 0, "width": _WIDE["width"], "height": 300},
            )
        await page.goto(f"/desk/applications/{application_id}")
        await page.screenshot(path=_DOCS / f"desk-application{suffix}.png")


if __name__ == "__main__":
    main()

"""The desk while Temporal is away: what the store knows is shown all the same."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from letterbox.domain.application import PositionOpening, Stage
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from tests.api.desk.signed_in import page_of
from tests.api.operator.serving import TOKEN, served
from tests.record_factory import record
from tests.support import free_port

pytestmark = pytest.mark.xdist_group("desk-alone")


@pytest_asyncio.fixture(name="browser")
async def _browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Sign in at an API that has a store, with one application, and no Temporal."""
    settings = Settings(
        store=f"file:{tmp_path / 'store'}",
        api_port=free_port(),
        operator_token=TOKEN,
    )
    store = open_store(settings)
    store.prepare()
    waits = record("careerjet:waits", position=PositionOpening(triage="no-reference"))
    open_records(settings, store).applications.update(
        waits.model_copy(update={"stage": Stage.TRIAGE})
    )
    address = f"http://127.0.0.1:{settings.api_port}"
    async with (
        served(settings, f"127.0.0.1:{free_port()}"),
        httpx.AsyncClient(base_url=address, timeout=60) as http,
    ):
        await http.post("/desk/sign-in", data={"token": TOKEN})
        yield http


async def test_an_application_and_today_are_shown_within_seconds(
    browser: httpx.AsyncClient,
) -> None:
    """What cannot be told says so, and offers to try again."""
    began = time.monotonic()

    application = await browser.get(page_of("careerjet:waits"))
    today = await browser.get("/desk")

    assert time.monotonic() - began < 20
    assert (application.status_code, today.status_code) == (200, 200)
    assert "Ada Example" in application.text
    assert "Try again" in application.text or "the store knows" in application.text
    assert "It is being counted." in today.text
    assert "Last 24 hours" not in today.text

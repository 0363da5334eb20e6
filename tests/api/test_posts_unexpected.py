"""500: what nobody has thought of goes wrong while an application is taken in."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from structlog.testing import capture_logs

from api.acceptance import Acceptance
from api.app import create_app
from letterbox.resources import open_store
from letterbox.settings import Settings
from tests.api.accepting import start_nothing
from tests.end_to_end.processes.installation import SECRET
from tests.letterbox.boards.posts import POSTERS, Poster

CANARY = "canary-of-a-candidate"


class Broken:
    """An acceptance with a mistake in it."""

    def accept(self, *_: Any, **__: Any) -> None:
        """Fail with a text that quotes what came."""
        raise KeyError(CANARY)


@pytest.mark.parametrize("poster", POSTERS, ids=[one.board.name for one in POSTERS])
async def test_500_for_a_mistake_of_ours_and_the_board_sends_it_again(
    poster: Poster, tmp_path: Path
) -> None:
    """No board is told that the application is wrong, and nobody is quoted."""
    name = poster.board.name
    secrets: dict[str, Any] = {f"{name}_secrets": SECRET}
    settings = Settings(store=f"file:{tmp_path}", **secrets)
    store = open_store(settings)
    store.prepare()
    app = create_app(settings, start=start_nothing)
    body = json.dumps(poster.sample()).encode()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://here") as client,
    ):

        async def post() -> httpx.Response:
            headers = poster.headers(body, SECRET)
            return await client.post(f"/apply/{name}", content=body, headers=headers)

        sound = app.state.services
        broken = cast("Acceptance", Broken())
        app.state.services = replace(sound, acceptance=broken)
        with capture_logs() as lines:
            refused = await post()
        kept = list(store.list("inbox/"))
        app.state.services = sound
        again = await post()

    assert refused.status_code == 500
    assert refused.headers["Retry-After"] == "30"
    assert CANARY not in refused.text
    assert kept == []
    assert [line["event"] for line in lines].count("unexpected error") == 1
    assert again.status_code == 200
    assert len(list(store.list("inbox/"))) > 0

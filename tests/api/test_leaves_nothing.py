"""A large form is written into the store as it comes; if it is not kept, it goes."""

import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from letterbox.domain import keys
from letterbox.settings import load_settings
from letterbox.storage.directory import DirectoryStore
from tests.api.accepting import accept, accepting
from tests.end_to_end.processes.installation import SECRET
from tests.end_to_end.processes.posted import PostedApplication

LARGE = 2_000_000


@pytest.fixture(name="store")
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DirectoryStore:
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{tmp_path / 'store'}")
    monkeypatch.setenv("LETTERBOX_CAREERJET_SECRETS", SECRET)
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    return store


@pytest.fixture(name="client")
async def _client(store: DirectoryStore) -> AsyncIterator[httpx.AsyncClient]:
    del store
    async with accepting() as client:
        yield client


def half_written(tmp_path: Path) -> list[str]:
    """Name what lies in the store's folder of temporary files."""
    return [
        path.name
        for path in (tmp_path / "store" / ".tmp").iterdir()
        if not path.name.startswith("lock-")
    ]


def waiting(store: DirectoryStore) -> int:
    """Count what lies in the inbox."""
    return len(list(store.list(keys.INBOX)))


async def test_what_is_refused_leaves_nothing(
    client: httpx.AsyncClient, store: DirectoryStore, tmp_path: Path
) -> None:
    """For its signature, which comes last of all; what is accepted leaves no copy."""
    before = waiting(store)
    one = PostedApplication(cv=bytes(LARGE), secret="another")
    files = {"cv": ("cv.pdf", one.cv or b"", "application/pdf")}

    answer = await client.post("/apply/careerjet", data=one.fields(), files=files)
    refused = waiting(store) - before
    await accept(client, LARGE)

    assert answer.status_code == 403
    assert (refused, waiting(store) - before) == (0, 1)
    assert half_written(tmp_path) == []


async def test_who_goes_away_leaves_nothing(
    store: DirectoryStore, tmp_path: Path
) -> None:
    """In the middle of a CV that lies in a file already."""
    app = create_app(load_settings())
    one = PostedApplication(cv=bytes(LARGE))
    request = httpx.Request(
        "POST",
        "http://here/apply/careerjet",
        data=one.fields(),
        files={"cv": ("cv.pdf", one.cv or b"", "application/pdf")},
    )
    body = request.read()
    seen: list[list[str]] = []
    messages = [body[at : at + 65536] for at in range(0, LARGE, 65536)]

    async def receive() -> Message:
        seen.append(half_written(tmp_path))
        if messages:
            return {"type": "http.request", "body": messages.pop(0), "more_body": True}
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        """Take an answer that nobody waits for."""

    await _ask(app, request, receive, send)

    assert max(map(len, seen)) == 1
    assert half_written(tmp_path) == []
    assert waiting(store) == 0


async def _ask(
    app: FastAPI,
    request: httpx.Request,
    receive: Receive,
    send: Send,
) -> None:
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/apply/careerjet",
        "raw_path": b"/apply/careerjet",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("here", 80),
        "state": {},
    }
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)


async def test_a_disk_that_takes_no_more_is_418_and_leaves_nothing(
    client: httpx.AsyncClient,
    store: DirectoryStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever in it: where a file is begun, or where it is synced."""
    before = waiting(store)
    one = PostedApplication(cv=bytes(LARGE))
    files = {"cv": ("cv.pdf", one.cv or b"", "application/pdf")}

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = await client.post("/apply/careerjet", data=one.fields(), files=files)

    assert answer.status_code == 418
    assert answer.json()["detail"] == "it cannot be stored at the moment: send it again"
    assert half_written(tmp_path) == []
    assert waiting(store) == before
    again = await client.post("/apply/careerjet", data=one.fields(), files=files)
    assert again.status_code == 200

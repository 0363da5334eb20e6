"""A SEEK for a module's tests, and our way to it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from letterbox.boards.client.calls import show
from letterbox.boards.client.http import open_http
from letterbox.boards.client.token import PartnerToken
from letterbox.boards.seek.client import HEADERS
from tests.letterbox.boards.seek.client.server import FakeSeek, fake_seek


@pytest_asyncio.fixture(name="serving", scope="module")
async def _serving() -> AsyncIterator[FakeSeek]:
    async with fake_seek() as seek:
        yield seek


@pytest_asyncio.fixture(name="http", scope="module")
async def _http() -> AsyncIterator[httpx.AsyncClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        client = open_http(headers=HEADERS, hooks=(show,))
    async with client:
        yield client


@pytest.fixture(name="seek")
def _seek(serving: FakeSeek) -> FakeSeek:
    serving.forget()
    return serving


@pytest.fixture(name="token")
def _token(seek: FakeSeek, http: httpx.AsyncClient) -> PartnerToken:
    return PartnerToken(http, seek.credentials)

"""The desk as a browser without script uses it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

import httpx

from tests.api.operator.operator_server import OperatorServer
from tests.api.operator.serving import TOKEN


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody's browser: it has the cookie, and finds the token of each form."""

    server: OperatorServer
    http: httpx.AsyncClient

    async def open(self, path: str) -> str:
        """Open a page that is there."""
        answer = await self.http.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.text

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as its page has made it."""
        csrf = token_of_forms(await self.open("/desk/holds"))
        return await self.http.post(path, data={"csrf": csrf, **fields})

    async def act(
        self, application_id: str, what: str, **fields: str
    ) -> httpx.Response:
        """Do something about an application."""
        return await self.send(f"{page_of(application_id)}/{what}", **fields)


def token_of_forms(page: str) -> str:
    """Return what the forms of a page carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def page_of(application_id: str) -> str:
    """Return the address of an application's page."""
    return f"/desk/applications/{quote(application_id, safe='')}"


@asynccontextmanager
async def signed_in(server: OperatorServer, token: str = TOKEN) -> AsyncIterator[Desk]:
    """Sign in with a token."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        answer = await http.post("/desk/sign-in", data={"token": token})
        assert answer.status_code == 303, answer.text
        yield Desk(server, http)

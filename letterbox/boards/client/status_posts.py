"""Statuses that go back as JSON: each posted once, and the answer judged."""

import asyncio
import re
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus

import httpx
from pydantic import JsonValue

from letterbox.boards.client.http import NETWORK_ERRORS, open_http, reaching
from letterbox.domain.errors import BoardRefusedError, BoardUnavailableError
from letterbox.retry_after import wait_asked

_TIMEOUT = 20.0
# What is wrong with the status itself, or with its application. All else may pass:
# credentials are set right, and servers moved and mended.
_NEVER = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.GONE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
# Not every text that a careless API calls HTML: this is a page for people.
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|title)\b", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml")
_READ_BYTES = 2048
# So begin answers that are data, whatever a careless API calls them; they may quote.
_DATA = (b"{", b"[", b'"')
_CREDENTIALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@dataclass(frozen=True, slots=True)
class StatusPosts:
    """
    Posts to one board, whose name in messages is ``board``.

    ``variables`` are the settings that an operator sets right where we are not let in.
    """

    board: str
    variables: str
    http: httpx.AsyncClient

    async def post(self, url: httpx.URL | str, body: Mapping[str, JsonValue]) -> None:
        """
        Post a status; any 2xx says that the board has it, unless it is a web page.

        A page comes from a proxy or a sign-in in between. No other answer is read.
        Raises BoardRefusedError for what the board will never take, and
        BoardUnavailableError for everything that may pass.
        """
        with reaching(self.board):
            async with (
                asyncio.timeout(self.http.timeout.read),
                self.http.stream("POST", url, json=body) as response,
            ):
                self._judge(response)
                if response.is_success and await _is_page(response):
                    raise BoardUnavailableError(
                        f"{self.board} answers {response.status_code} with a web page, "
                        "as a proxy or a sign-in page does: check the address"
                    )

    def _judge(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        says = f"{self.board} answers {response.status_code}"
        if response.status_code in _NEVER:
            raise BoardRefusedError(f"{says}: it will never take this status")
        if response.status_code in _CREDENTIALS:
            says = f"{says}: check {self.variables}"
        if response.is_redirect:
            says = f"{says}: redirects are not followed"
        raise BoardUnavailableError(says, retry_after=wait_asked(response.headers))


async def _is_page(response: httpx.Response) -> bool:
    """
    Return whether an answer is a web page, by what it says and by how it begins.

    What has come of one that is cut short, or cannot be decoded, is all that counts:
    sent again, the status would be there twice.
    """
    if not response.headers.get("Content-Type", "").lower().startswith(_HTML):
        return False
    begins = b""
    with suppress(*NETWORK_ERRORS):
        async for piece in response.aiter_bytes():
            begins += piece[:_READ_BYTES]
            if len(begins) >= _READ_BYTES:
                break
    begins = begins[:_READ_BYTES]
    is_data = begins.removeprefix(BOM_UTF8).lstrip().startswith(_DATA)
    return not is_data and _PAGE.search(begins) is not None


@asynccontextmanager
async def open_status_posts(  # noqa: PLR0913 a board's own, by name
    board: str,
    *,
    variables: str,
    headers: Mapping[str, str] | None = None,
    auth: httpx.Auth | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    max_seconds: float | None = None,
) -> AsyncIterator[StatusPosts]:
    """
    Keep connections for as long as the block lasts; redirects are not followed.

    ``max_seconds`` is for a whole status.
    """
    async with open_http(
        max_seconds or _TIMEOUT, headers=headers, auth=auth, transport=transport
    ) as http:
        yield StatusPosts(board, variables, http)

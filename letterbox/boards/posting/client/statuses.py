"""Statuses that go back as JSON: each posted once, and the answer judged."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version

import httpx
from pydantic import JsonValue

from letterbox.domain.errors import BoardRefusedError, BoardUnavailableError
from letterbox.network_reasons import reason_of
from letterbox.retry_after import wait_asked

_TIMEOUT = 20.0
_CONNECT_TIMEOUT = 5.0
# What is wrong with the status itself, or with its application. All else may pass:
# credentials are set right, and servers moved and mended.
_NEVER = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.GONE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


@dataclass(frozen=True, slots=True)
class StatusPosts:
    """Posts to one board, whose name in messages is ``board``."""

    board: str
    http: httpx.AsyncClient

    async def post(self, url: httpx.URL | str, body: Mapping[str, JsonValue]) -> None:
        """
        Post a status; any 2xx says that the board has it. Its answer is not read.

        Raises BoardRefusedError for what the board will never take, and
        BoardUnavailableError for everything that may pass.
        """
        # None of their texts: they may quote the address, and what is in it.
        try:
            async with (
                asyncio.timeout(self.http.timeout.read),
                self.http.stream("POST", url, json=body) as response,
            ):
                self._judge(response)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            reason = reason_of(error)
            raise BoardUnavailableError(f"{self.board}: {reason}") from None

    def _judge(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        says = f"{self.board} answers {response.status_code}"
        if response.status_code in _NEVER:
            raise BoardRefusedError(f"{says}: it will never take this status")
        if response.is_redirect:
            says = f"{says}: redirects are not followed"
        raise BoardUnavailableError(says, retry_after=wait_asked(response.headers))


@asynccontextmanager
async def open_status_posts(
    board: str,
    *,
    headers: Mapping[str, str] | None = None,
    auth: httpx.BasicAuth | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    max_seconds: float = _TIMEOUT,
) -> AsyncIterator[StatusPosts]:
    """
    Keep connections for as long as the block lasts; redirects are not followed.

    ``max_seconds`` is for a whole status.
    """
    connect = min(max_seconds, _CONNECT_TIMEOUT)
    agent = {"User-Agent": f"letterbox/{version('letterbox')}"}
    async with httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(max_seconds, connect=connect),
        follow_redirects=False,
        headers={**agent, **(headers or {})},
        auth=auth,
    ) as http:
        yield StatusPosts(board, http)

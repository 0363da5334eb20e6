"""Documents at addresses that a board names: streamed, whole, and up to a limit."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus

import httpx

from letterbox.boards.client.content_disposition import filename_of
from letterbox.boards.client.http import passes, reaching
from letterbox.boards.fetching import Download
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    NotFoundError,
    TooLargeError,
)
from letterbox.retry_after import wait_asked

Headers = Callable[[httpx.URL], Mapping[str, str]]
_MAX_REDIRECTS = 5
# A name of 255 bytes may be encoded, twice over.
_MAX_CHARACTERS = 1024
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class Downloads(ABC):
    """
    Downloads for one board, which says where they may lead and what opens them.

    ``whose`` begins what errors say, such as "SEEK's attachments".
    """

    whose: str

    def __init__(
        self, http: httpx.AsyncClient, *, max_bytes: int, concurrent: int = 8
    ) -> None:
        self._http = http
        self._max_bytes = max_bytes
        self._slots = asyncio.Semaphore(concurrent)

    @abstractmethod
    def _target(self, base: httpx.URL, reference: str) -> httpx.URL:
        """Resolve an address; BoardRefusedError where we must not go there."""

    @abstractmethod
    async def _response(self, address: str) -> httpx.Response:
        """Ask with whatever opens the document, by ``_follow``."""

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Download]:
        """
        Begin a download.

        Raises NotFoundError where the board no longer has it, BoardRefusedError where
        we may not have it or it lies elsewhere, TooLargeError above ``max_bytes`` (also
        while reading), BoardUnavailableError for what may pass (also while reading).
        """
        async with self._slots:
            response = await self._response(url)
            try:
                self._check(response)
                filename = filename_of(response.headers.get("Content-Disposition"))
                async with aclosing(self._chunks(response)) as chunks:
                    yield Download(
                        filename=_bounded(filename),
                        declared_type=_bounded(response.headers.get("Content-Type")),
                        chunks=chunks,
                    )
            finally:
                await response.aclose()

    async def _follow(
        self, base: httpx.URL, address: str, headers: Headers
    ) -> httpx.Response:
        """Follow redirects by hand: each target is checked before anything goes."""
        url = self._target(base, address)
        for _ in range(1 + _MAX_REDIRECTS):
            response = await self._send(url, headers(url))
            if not response.has_redirect_location:
                return response
            await response.aclose()
            url = self._target(url, response.headers["Location"])
        raise BoardRefusedError(f"{self.whose}: too many redirects")

    async def _send(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        # A document is kept, hashed and measured as it is.
        plain = {"Accept": "*/*", "Accept-Encoding": "identity"}
        with reaching(self.whose):
            request = self._http.build_request("GET", url, headers={**headers, **plain})
            return await self._http.send(request, stream=True)

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        # A board may give notice of an application before all of it is there.
        may_come = status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
        if status in _GONE:
            raise NotFoundError(f"{self.whose} answer {status}", may_come=may_come)
        if passes(status) or status == HTTPStatus.UNAUTHORIZED:
            wait = wait_asked(response.headers)
            raise BoardUnavailableError(
                f"{self.whose} answer {status}", retry_after=wait
            )
        if status != HTTPStatus.OK:
            raise BoardRefusedError(f"{self.whose} answer {status}", may_come=may_come)
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and "Content-Encoding" not in response.headers:
            self._fits(int(length))

    async def _chunks(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        size = 0
        with reaching(self.whose):
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                self._fits(size)
                yield chunk

    def _fits(self, size: int) -> None:
        if size > self._max_bytes:
            raise TooLargeError(f"{self.whose}: more than {self._max_bytes} bytes")


def _bounded(text: str | None) -> str | None:
    return text and text[:_MAX_CHARACTERS]

"""Attachments of SEEK's applications, streamed, and from SEEK alone."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus

import httpx

from letterbox.boards.client.calls import call_headers
from letterbox.boards.client.http import passes, reaching
from letterbox.boards.client.token import PartnerToken
from letterbox.boards.fetching import Download
from letterbox.boards.seek.client.content_disposition import filename_of
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    NotFoundError,
    TooLargeError,
)
from letterbox.retry_after import wait_asked

_WHAT = "SEEK's attachments"
_MAX_REDIRECTS = 5
# A name of 255 bytes may be encoded, twice over.
_MAX_CHARACTERS = 1024
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class SeekAttachments:
    """
    Download from the origin of ``graphql_url``, which SEEK guarantees for attachments.

    The token goes there and nowhere else, whatever a response says.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: PartnerToken,
        *,
        graphql_url: str,
        max_bytes: int,
        concurrent: int = 8,
    ) -> None:
        self._http = http
        self._token = token
        self._base = httpx.URL(graphql_url)
        self._max_bytes = max_bytes
        self._slots = asyncio.Semaphore(concurrent)

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Download]:
        """
        Begin a download.

        Raises NotFoundError where SEEK no longer has it, BoardRefusedError where we
        may not have it or it lies elsewhere, TooLargeError above ``max_bytes`` (also
        while reading), BoardUnavailableError for what may pass (also while reading).
        """
        async with self._slots:
            response = await self._answer(url)
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

    async def _answer(self, url: str) -> httpx.Response:
        """Ask with the token; with another one, once, where it is refused."""
        token = await self._token.get()
        response = await self._follow(url, token)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            await response.aclose()
            response = await self._follow(url, await self._token.renew(token))
        return response

    async def _follow(self, address: str, token: str) -> httpx.Response:
        """Follow redirects by hand: each target is checked before the token goes."""
        url = self._target(self._base, address)
        for _ in range(1 + _MAX_REDIRECTS):
            response = await self._send(url, token)
            if not response.has_redirect_location:
                return response
            await response.aclose()
            url = self._target(url, response.headers["Location"])
        raise BoardRefusedError("the attachment is behind too many redirects")

    def _target(self, base: httpx.URL, reference: str) -> httpx.URL:
        try:
            url = base.join(reference)
        except httpx.InvalidURL:
            raise BoardRefusedError("the attachment's address is not valid") from None
        if _origin(url) != _origin(self._base):
            raise BoardRefusedError(
                "the attachment lies outside the origin of LETTERBOX_SEEK_GRAPHQL_URL"
            )
        return url

    async def _send(self, url: httpx.URL, token: str) -> httpx.Response:
        headers = call_headers(token) | {
            "Accept": "*/*",
            # A document is kept, hashed and measured as it is.
            "Accept-Encoding": "identity",
        }
        with reaching(_WHAT):
            request = self._http.build_request("GET", url, headers=headers)
            return await self._http.send(request, stream=True)

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        # SEEK may give notice of an application before all of it is there.
        may_come = status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
        if status in _GONE:
            raise NotFoundError(
                f"SEEK does not have the attachment ({status})", may_come=may_come
            )
        if passes(status) or status == HTTPStatus.UNAUTHORIZED:
            wait = wait_asked(response.headers)
            raise BoardUnavailableError(f"{_WHAT} answer {status}", retry_after=wait)
        if status != HTTPStatus.OK:
            raise BoardRefusedError(f"{_WHAT} answer {status}", may_come=may_come)
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and "Content-Encoding" not in response.headers:
            self._fits(int(length))

    async def _chunks(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        size = 0
        with reaching(_WHAT):
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                self._fits(size)
                yield chunk

    def _fits(self, size: int) -> None:
        if size > self._max_bytes:
            raise TooLargeError(f"the attachment has more than {self._max_bytes} bytes")


def _origin(url: httpx.URL) -> tuple[object, ...]:
    # With a user in its address, httpx would send that one instead of the token.
    return url.scheme, url.host, url.port, url.userinfo


def _bounded(text: str | None) -> str | None:
    return text and text[:_MAX_CHARACTERS]

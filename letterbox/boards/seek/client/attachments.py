"""Attachments of SEEK's applications, from SEEK alone."""

from functools import partial
from http import HTTPStatus

import httpx

from letterbox.boards.client.addresses import address_of, origin
from letterbox.boards.client.calls import call_headers
from letterbox.boards.client.downloads import Downloads
from letterbox.boards.client.token import PartnerToken
from letterbox.domain.errors import BoardRefusedError


class SeekAttachments(Downloads):
    """
    Download from the origin of ``graphql_url``, which SEEK guarantees for attachments.

    The token goes there and nowhere else, whatever a response says.
    """

    whose = "SEEK's attachments"

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: PartnerToken,
        *,
        graphql_url: str,
        max_bytes: int,
        concurrent: int = 8,
    ) -> None:
        super().__init__(http, max_bytes=max_bytes, concurrent=concurrent)
        self._token = token
        self._base = httpx.URL(graphql_url)

    async def _response(self, address: str) -> httpx.Response:
        """Ask with the token; with another one, once, where it is refused."""
        token = await self._token.get()
        response = await self._ask(address, token)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            await response.aclose()
            response = await self._ask(address, await self._token.renew(token))
        return response

    async def _ask(self, address: str, token: str) -> httpx.Response:
        return await self._follow(self._base, address, partial(_headers, token))

    def _target(self, base: httpx.URL, reference: str) -> httpx.URL:
        url = address_of(reference, base)
        if origin(url) != origin(self._base):
            raise BoardRefusedError(
                "the attachment lies outside the origin of LETTERBOX_SEEK_GRAPHQL_URL"
            )
        return url


def _headers(token: str, url: httpx.URL) -> dict[str, str]:
    del url
    return call_headers(token)

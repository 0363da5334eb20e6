"""SEEK's GraphQL endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import structlog
from pydantic import JsonValue

from letterbox.boards.seek.client.http import call_headers, reaching
from letterbox.boards.seek.client.responses import response_of
from letterbox.boards.seek.client.token import PartnerToken
from letterbox.boards.seek.graphql import GraphQLResponse
from letterbox.domain.errors import BoardUnavailableError

if TYPE_CHECKING:
    from letterbox.boards.seek.client.transport import SeekTransport

_WHAT = "GraphQL endpoint"
_UNAUTHENTICATED = "UNAUTHENTICATED"

log = structlog.get_logger()


class SeekGraph:
    """Ask SEEK: any number of coroutines, ``concurrent`` of them on the wire."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: PartnerToken,
        *,
        url: str,
        concurrent: int = 8,
    ) -> None:
        self._http = http
        self._token = token
        self._url = url
        self._slots = asyncio.Semaphore(concurrent)

    @cached_property
    def _transport(self) -> SeekTransport:
        # gql brings graphql along, a tenth of a worker's start: when SEEK is asked.
        from letterbox.boards.seek.client.transport import SeekTransport  # noqa: PLC0415 see above

        return SeekTransport(self._http, self._url)

    async def execute(
        self, query: str, variables: Mapping[str, JsonValue]
    ) -> GraphQLResponse:
        """
        Execute a document of one operation; renew the token once if it is refused.

        Whatever SEEK answers comes back as a value. Raises BoardUnavailableError where
        no answer came, or a success that holds neither data nor errors.
        """
        token = await self._token.get()
        response = await self._execute_with(token, query, variables)
        if _refuses_token(response):
            token = await self._token.renew(token)
            response = await self._execute_with(token, query, variables)
        return response

    async def _execute_with(
        self, token: str, query: str, variables: Mapping[str, JsonValue]
    ) -> GraphQLResponse:
        headers = call_headers(token)
        transport = self._transport
        async with self._slots:
            with reaching(_WHAT):
                async with asyncio.timeout(self._http.timeout.read):
                    result, http_response = await transport.execute(
                        query, variables, headers
                    )
        response = response_of(result, http_response, headers["X-Request-Id"])
        if response.errors or not http_response.is_success:
            log.warning(
                "SEEK answered with errors",
                status=response.status,
                codes=sorted(map(str, response.codes)),
                request_id=response.request_id,
            )
        elif response.data is None:
            raise BoardUnavailableError(f"SEEK's {_WHAT} sent no answer")
        return response


def _refuses_token(response: GraphQLResponse) -> bool:
    unauthorized = response.status == HTTPStatus.UNAUTHORIZED
    return unauthorized or _UNAUTHENTICATED in response.codes

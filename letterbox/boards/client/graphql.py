"""A board's GraphQL endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import structlog
from pydantic import JsonValue

from letterbox.boards.client.calls import call_headers
from letterbox.boards.client.http import reaching
from letterbox.boards.client.responses import response_of
from letterbox.boards.client.token import PartnerToken
from letterbox.boards.graphql import GraphQLResponse
from letterbox.domain.errors import BoardUnavailableError

if TYPE_CHECKING:
    from letterbox.boards.client.transport import PartnerTransport

_UNAUTHENTICATED = "UNAUTHENTICATED"

log = structlog.get_logger()


class PartnerGraph:
    """Ask a board: any number of coroutines, ``concurrent`` of them on the wire."""

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
        self._board = token.board
        self._what = f"{token.board}'s GraphQL endpoint"
        self._slots = asyncio.Semaphore(concurrent)

    @cached_property
    def _transport(self) -> PartnerTransport:
        # gql brings graphql along, a tenth of a worker's start: when it is needed.
        from letterbox.boards.client.transport import PartnerTransport  # noqa: PLC0415 see above

        return PartnerTransport(self._http, self._url, self._what)

    async def execute(
        self, query: str, variables: Mapping[str, JsonValue]
    ) -> GraphQLResponse:
        """
        Execute a document of one operation; renew the token once if it is refused.

        Whatever is answered comes back as a value. Raises BoardUnavailableError where
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
            with reaching(self._what):
                async with asyncio.timeout(self._http.timeout.read):
                    result, http_response = await transport.execute(
                        query, variables, headers
                    )
        response = response_of(result, http_response, headers["X-Request-Id"])
        if response.errors or not http_response.is_success:
            log.warning(
                "a board answered with errors",
                board=self._board,
                status=response.status,
                codes=sorted(map(str, response.codes)),
                request_id=response.request_id,
            )
        elif response.data is None:
            raise BoardUnavailableError(f"{self._what} sent no answer")
        return response


def _refuses_token(response: GraphQLResponse) -> bool:
    unauthorized = response.status == HTTPStatus.UNAUTHORIZED
    return unauthorized or _UNAUTHENTICATED in response.codes

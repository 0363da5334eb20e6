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

from letterbox.boards.seek.client.answers import answer_of
from letterbox.boards.seek.client.http import call_headers, reaching
from letterbox.boards.seek.client.token import PartnerToken
from letterbox.boards.seek.graphql import GraphAnswer
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

    async def ask(self, query: str, variables: Mapping[str, JsonValue]) -> GraphAnswer:
        """
        Execute a document of one operation; renew the token once if it is refused.

        Whatever SEEK answers comes back as a value. Raises BoardUnavailableError where
        no answer came, or a success that holds neither data nor errors.
        """
        token = await self._token.get()
        answer = await self._ask_with(token, query, variables)
        if _refuses_token(answer):
            token = await self._token.renew(token)
            answer = await self._ask_with(token, query, variables)
        return answer

    async def _ask_with(
        self, token: str, query: str, variables: Mapping[str, JsonValue]
    ) -> GraphAnswer:
        headers = call_headers(token)
        transport = self._transport
        async with self._slots:
            with reaching(_WHAT):
                async with asyncio.timeout(self._http.timeout.read):
                    result, response = await transport.execute(
                        query, variables, headers
                    )
        answer = answer_of(result, response, headers["X-Request-Id"])
        if answer.errors or not response.is_success:
            log.warning(
                "SEEK answered with errors",
                status=answer.status,
                codes=sorted(map(str, answer.codes)),
                request_id=answer.request_id,
            )
        elif answer.data is None:
            raise BoardUnavailableError(f"SEEK's {_WHAT} answers nothing")
        return answer


def _refuses_token(answer: GraphAnswer) -> bool:
    unauthorized = answer.status == HTTPStatus.UNAUTHORIZED
    return unauthorized or _UNAUTHENTICATED in answer.codes

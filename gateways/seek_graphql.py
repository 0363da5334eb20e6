"""SEEK's GraphQL endpoint, by ``gql``'s transport over the shared client."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import httpx
import structlog
from gql import GraphQLRequest
from gql.transport.exceptions import TransportError, TransportServerError
from gql.transport.httpx import HTTPXAsyncTransport
from graphql import ExecutionResult, parse
from pydantic import JsonValue

from domain.errors import BoardUnavailableError
from domain.graphql import GraphAnswer
from gateways.graphql_answers import answer_of, read_object
from gateways.seek_http import SEEN, call_headers, reaching
from gateways.seek_token import PartnerToken

_WHAT = "GraphQL endpoint"
_UNAUTHENTICATED = "UNAUTHENTICATED"

_parse = lru_cache(maxsize=16)(parse)
log = structlog.get_logger()


class SeekGraph:
    """
    Ask SEEK; any number of coroutines at once, ``concurrent`` of them on the wire.

    Uses gql's transport without its ``Client``: a client cannot be entered twice at a
    time, and a reconnecting session repeats calls on its own and closes the
    connections of all when one call times out. httpx reconnects by itself.
    """

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
        self._slots = asyncio.Semaphore(concurrent)
        self._transport = HTTPXAsyncTransport(url=url, json_deserialize=read_object)
        self._transport.client = http

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
        request = _Request(query, variables)
        async with self._slots:
            with reaching(_WHAT):
                async with asyncio.timeout(self._http.timeout.read):
                    result, response = await self._execute(request, headers)
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

    async def _execute(
        self, request: GraphQLRequest, headers: Mapping[str, str]
    ) -> tuple[ExecutionResult, httpx.Response]:
        seen: list[httpx.Response] = []
        sent = {"headers": headers, "extensions": {SEEN: seen}}
        try:
            result = await self._transport.execute(request, extra_args=sent)
        except TransportServerError:
            result = ExecutionResult()
        except TransportError as error:
            name = type(error.__cause__ or error).__name__
            raise BoardUnavailableError(f"SEEK's {_WHAT}: {name}") from None
        return result, seen[0]


class _Request(GraphQLRequest):
    """A request that sends its text as it is: gql prints it anew, in 7 ms a call."""

    def __init__(self, query: str, variables: Mapping[str, JsonValue]) -> None:
        super().__init__(_parse(query), variable_values=dict(variables))
        self._query = query

    @property
    def payload(self) -> dict[str, Any]:
        return {"query": self._query, "variables": self.variable_values}


def _refuses_token(answer: GraphAnswer) -> bool:
    unauthorized = answer.status == HTTPStatus.UNAUTHORIZED
    return unauthorized or _UNAUTHENTICATED in answer.codes

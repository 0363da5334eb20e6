"""``gql``'s transport, over the client that all calls to a board share."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx
from gql import GraphQLRequest
from gql.transport.exceptions import TransportError, TransportServerError
from gql.transport.httpx import HTTPXAsyncTransport
from graphql import ExecutionResult, parse
from pydantic import JsonValue

from letterbox.boards.client.bounded import MAX_BYTES
from letterbox.boards.client.calls import SEEN
from letterbox.boards.client.responses import read_object
from letterbox.domain.errors import BoardUnavailableError
from letterbox.network_reasons import reason_of

# JSON takes many times its length of memory; a page of events has some 100 KB.
_MAX_BYTES = 8 * 1024 * 1024
_parse = lru_cache(maxsize=16)(parse)


class PartnerTransport:
    """
    Carries a query to a board and the answer back, whatever the answer says.

    Uses gql's transport without its ``Client``: a client cannot be entered twice at a
    time, and a reconnecting session repeats calls on its own and closes the
    connections of all when one call times out. httpx reconnects by itself.
    """

    def __init__(self, http: httpx.AsyncClient, url: str, what: str) -> None:
        self._what = what
        self._transport = HTTPXAsyncTransport(url=url, json_deserialize=read_object)
        self._transport.client = http

    async def execute(
        self, query: str, variables: Mapping[str, JsonValue], headers: Mapping[str, str]
    ) -> tuple[ExecutionResult, httpx.Response]:
        """Send it once; raises BoardUnavailableError where no answer came."""
        seen: list[httpx.Response] = []
        extensions = {SEEN: seen, MAX_BYTES: _MAX_BYTES}
        sent = {"headers": headers, "extensions": extensions}
        request = _Request(query, variables)
        try:
            result = await self._transport.execute(request, extra_args=sent)
        except TransportServerError:
            result = ExecutionResult()
        except TransportError as error:
            reason = reason_of(error.__cause__ or error)
            raise BoardUnavailableError(f"{self._what}: {reason}") from None
        return result, seen[0]


class _Request(GraphQLRequest):
    """A request that sends its text as it is: gql prints it anew, in 7 ms a call."""

    def __init__(self, query: str, variables: Mapping[str, JsonValue]) -> None:
        super().__init__(_parse(query), variable_values=dict(variables))
        self._query = query

    @property
    def payload(self) -> dict[str, Any]:
        return {"query": self._query, "variables": self.variable_values}

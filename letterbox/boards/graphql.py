"""A GraphQL response as a value: what may be judged and logged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, JsonValue


class QueryError(BaseModel):
    """
    One entry of ``errors`` by its code and path, which name nobody.

    The message is left out: nobody can tell what it quotes.
    """

    model_config = ConfigDict(frozen=True)

    code: str | None = None
    """``extensions.code``; None where there is none, or it is no plain code."""
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLResponse:
    """
    One response, whatever it says: partial data and errors stand side by side.

    A response that is not GraphQL at all (a 503 of a gateway, say) has its ``status``
    and nothing else. Where no response came there is no GraphQLResponse, but a
    BoardUnavailableError.
    """

    status: int
    """Of HTTP: 200 says little, judge by the errors too."""
    data: Mapping[str, JsonValue] | None = field(default=None, repr=False)
    """By top-level field; a field may be null. The candidate is in here."""
    errors: tuple[QueryError, ...] = ()
    retry_after: float | None = None
    """Seconds that the server asks us to wait, where it does."""
    request_id: str = ""
    """Our ``X-Request-Id`` of the call, which the board can look up."""

    @property
    def codes(self) -> frozenset[str | None]:
        """The codes of all errors."""
        return frozenset(error.code for error in self.errors)

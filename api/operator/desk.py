"""What the operator's handlers are given; ``operator_parts.py`` puts it together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from api.operator.lists import Filter, Item
from api.operator.models import Standing
from domain.ports import Applications, Archives, Candidates, Holds, ObjectStore
from domain.positions import Position


class Positions(Protocol):
    """
    The catalogue, one position at a time. Blocking.

    ``hirer`` None is whichever there is, the empty string none. Raises NotFoundError,
    and RefusedError where several hirers have the position.
    """

    def get(self, reference: str, hirer: str | None = None) -> Position:
        """Read a position."""

    def put(self, position: Position) -> None:
        """Write it over an earlier one."""

    def remove(self, reference: str, hirer: str | None = None) -> Position:
        """Take it out of the catalogue."""


class Workflows(Protocol):
    """
    What Temporal is asked for.

    Raises RefusedError with the reason, NotFoundError, TemporalUnavailableError.
    """

    async def page(
        self, wanted: Filter, limit: int, token: bytes | None
    ) -> tuple[list[Item], bytes | None]:
        """List applications from a page's token on; the next one's, if any."""

    async def assign(
        self, application_id: str, *, reference: str, hirer: str | None, reason: str
    ) -> Standing:
        """Choose the position."""

    async def hold(
        self, application_id: str, *, reason: str, until: datetime | None
    ) -> Standing:
        """Place a legal hold."""

    async def release(self, application_id: str) -> Standing:
        """Hold no longer."""

    async def refresh(self, application_id: str) -> Standing:
        """Have the board asked again, soon."""

    async def erase(self, application_id: str, *, reason: str) -> Standing:
        """Remove everything but the tombstone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an operator works with."""

    token: bytes
    store: ObjectStore
    applications: Applications
    archives: Archives
    candidates: Candidates
    holds: Holds
    positions: Positions
    workflows: Workflows
    can_be_asked: Callable[[str], bool]
    """Whether a board, by its name, gives notice only and can be asked again."""
    tell_closed: Callable[[Position], Awaitable[None]]


def desk_of(request: Request) -> Desk:
    """Find what the application was put together with."""
    return cast("Desk", request.app.state.desk)


async def _given(request: Request) -> Desk:
    return desk_of(request)


AtDesk = Annotated[Desk, Depends(_given)]

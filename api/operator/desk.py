"""What the operator's handlers are given; ``operator_parts.py`` puts it together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from api.operator.attempts import Attempts
from api.operator.models import Standing
from letterbox.domain.listing import Filter, Item
from letterbox.domain.ports import (
    Applications,
    Archives,
    Candidates,
    Holds,
    ObjectStore,
)
from letterbox.domain.positions import Position


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
        self,
        application_id: str,
        *,
        reference: str,
        hirer: str | None,
        reason: str,
        by: str,
    ) -> Standing:
        """Choose the position."""

    async def hold(
        self, application_id: str, *, reason: str, until: datetime | None, by: str
    ) -> Standing:
        """Place a legal hold."""

    async def release(self, application_id: str, *, by: str) -> Standing:
        """Hold no longer."""

    async def refresh(self, application_id: str) -> Standing:
        """Have the board asked again, soon."""

    async def erase(self, application_id: str, *, reason: str, by: str) -> Standing:
        """Remove everything but the tombstone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an operator works with."""

    tokens: Sequence[bytes]
    """Any of them opens; the first seals cursors."""
    attempts: Attempts
    store: ObjectStore
    applications: Applications
    archives: Archives
    candidates: Candidates
    holds: Holds
    waiting_of: Callable[[str], Sequence[str]]
    """A person's applications that are not recorded yet, by the address. Blocking."""
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

"""The services that handlers are given."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Protocol, TypeVar, cast

from fastapi import Depends, Request

from api.acceptance import Acceptance
from api.metrics import Metrics
from api.multipart.form import FormLimits
from api.readiness import StoreProbe
from api.starter import Starter
from api.threads import Threads
from api.unknown_references import UnknownReferences
from api.watch import Watch
from letterbox.boards.abilities import SharedIdBoard
from letterbox.boards.base import Board, FormBoard, PostBoard
from letterbox.boards.fetching import Notices, PostingClosed
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import Applications
from letterbox.domain.submission import Submission

# SEEK waits ten seconds for an answer; proxies and other boards wait longer.
ANSWER_WITHIN = 8.0

Result = TypeVar("Result")


class OwnIds(Protocol):
    """Gives an application an id of its own where its board's is another's."""

    def settled(self, board: SharedIdBoard, submission: Submission) -> Submission:
        """Return the submission under the id that it is to be kept under. Blocking."""


@dataclass(frozen=True, kw_only=True)
class ApiServices:
    """Everything that ``api/app.py`` composes for the handlers."""

    boards: Mapping[str, Board]
    secrets_of: Callable[[str], Sequence[bytes]]
    settings: Any
    """Letterbox's: boards read their own from them."""
    limits: FormLimits
    large_bodies: asyncio.Semaphore
    """Places for posts that take memory while they are looked into."""
    acceptance: Acceptance
    applications: Applications
    own_ids: OwnIds
    signal_closed: Callable[[PostingClosed], Awaitable[None]]
    follow_news: Callable[[str, Notices], Awaitable[None]]
    starter: Starter
    metrics: Metrics
    threads: Threads
    probe: StoreProbe
    watch: Watch
    unknown: UnknownReferences
    store_name: str
    """Where objects lie, for whoever reads of its absence in the log."""
    temporal_answers: Callable[[], Awaitable[bool]]
    temporal_metrics: Callable[[], Awaitable[str]]

    # Each ``isinstance`` of a protocol looks for all of its members: too slow for each
    # request, of which a tenth went there.
    @cached_property
    def form_boards(self) -> Mapping[str, FormBoard]:
        """The boards that post forms, by name."""
        boards = self.boards.items()
        return {name: board for name, board in boards if isinstance(board, FormBoard)}

    @cached_property
    def post_boards(self) -> Mapping[str, PostBoard]:
        """The boards that post bodies of their own, by name."""
        boards = self.boards.items()
        return {name: board for name, board in boards if isinstance(board, PostBoard)}

    async def in_time(self, work: Callable[[], Result]) -> Result:
        """
        Run what uses the store in a thread, within the time of a board's request.

        Raises StoreUnavailableError where it takes too long. It may still be done
        then: harmless, since the board sends it again and a repeat is.
        """
        try:
            return await self.threads.run(work, ANSWER_WITHIN)
        except TimeoutError:
            raise StoreUnavailableError("the store did not answer in time") from None


async def _services(request: Request) -> ApiServices:
    return cast("ApiServices", request.app.state.services)


Services = Annotated[ApiServices, Depends(_services)]
"""All services of the process; with a handler's parameter FastAPI hands them in."""

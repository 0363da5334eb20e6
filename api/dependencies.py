"""What the handlers are given, under names that read like English."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request

from api.acceptance import Intake
from api.bodies import drain
from api.metrics import Metrics
from api.multipart.form import FormLimits
from api.readiness import StoreProbe
from api.starter import Starter
from api.threads import Threads
from api.unknown_references import UnknownReferences
from api.watch import Watch
from letterbox.boards.base import Board, FormBoard, NoticeBoard, PostingClosed
from letterbox.domain.errors import NotFoundError, StoreUnavailableError
from letterbox.domain.ports import Applications

# SEEK waits ten seconds for an answer; proxies and other boards wait longer.
ANSWER_WITHIN = 8.0

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that ``api/app.py`` composes for the handlers."""

    boards: Mapping[str, Board]
    secrets_of: Callable[[str], Sequence[bytes]]
    limits: FormLimits
    intake: Intake
    applications: Applications
    signal_closed: Callable[[PostingClosed], Awaitable[None]]
    starter: Starter
    metrics: Metrics
    threads: Threads
    probe: StoreProbe
    watch: Watch
    unknown: UnknownReferences
    temporal_answers: Callable[[], Awaitable[bool]]
    temporal_metrics: Callable[[], Awaitable[str]]

    async def in_time(self, work: Callable[[], Result]) -> Result:
        """
        Do what asks the store, in a thread; from the body's end to the answer.

        Raises StoreUnavailableError where it takes too long. It may still be done
        then: harmless, since the board sends it again and a repeat is.
        """
        try:
            return await self.threads.run(work, ANSWER_WITHIN)
        except TimeoutError:
            raise StoreUnavailableError("the store did not answer in time") from None


async def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


Given = Annotated[Services, Depends(_services)]


@dataclass(frozen=True, slots=True)
class OpenBoard:
    """A form board that has a secret, and so is open."""

    board: FormBoard
    secrets: Sequence[bytes]


async def _open_board(board: str, request: Request, given: Given) -> OpenBoard:
    """Open by a secret only: a board without one is as unknown as no board."""
    adapter = given.boards.get(board)
    secrets = given.secrets_of(board)
    if not isinstance(adapter, FormBoard) or not secrets:
        await drain(request, given.limits.body_bytes)
        raise NotFoundError("no board takes applications at this address")
    request.state.board = adapter
    return OpenBoard(adapter, secrets)


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """A board that gives notice and has a secret, and so is open."""

    board: NoticeBoard
    secrets: Sequence[bytes]


async def _notice_desk(board: str, request: Request, given: Given) -> NoticeDesk:
    """Open by a secret only, as above."""
    adapter = given.boards.get(board)
    secrets = given.secrets_of(board)
    if not isinstance(adapter, NoticeBoard) or not secrets:
        await drain(request, given.limits.body_bytes)
        raise NotFoundError("no board gives notice at this address")
    return NoticeDesk(adapter, secrets)


OpenWebhook = Annotated[NoticeDesk, Depends(_notice_desk)]
Open = Annotated[OpenBoard, Depends(_open_board)]

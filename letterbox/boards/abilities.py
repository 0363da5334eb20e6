"""What some boards offer beside what their kind does."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import Any, Protocol, TypeGuard, runtime_checkable

from pydantic import JsonValue

from letterbox.boards.base import AskedBoard, Board, NoticeBoard
from letterbox.boards.reports import StatusSender
from letterbox.domain.submission import Submission


@runtime_checkable
class ChallengeBoard(Board, Protocol):
    """A board that asks, by GET at its address, whether it is ours."""

    def challenge(
        self, query: Sequence[tuple[str, str]], secrets: Sequence[bytes]
    ) -> JsonValue:
        """
        Return the answer to a challenge.

        Raises MalformedError for what is none, NotFoundError where no secret is for it.
        Whoever asks is unknown: no answer may be a signature of anything.
        """

    def sample_challenge(self, secret: str) -> tuple[Mapping[str, str], JsonValue]:
        """Return the query of a challenge, and what it has to be answered."""


@runtime_checkable
class SharedIdBoard(Board, Protocol):
    """A board whose senders choose their ids, and may choose one for many people."""

    def under_own_id(self, submission: Submission) -> Submission:
        """
        Return it under an id that no other application of its id has.

        Itself, where nothing but the candidate tells it from those: their ids are seen
        in Temporal. The same submission has the same id each time that it comes.
        """


@runtime_checkable
class PlayedBoard(Board, Protocol):
    """A board whose own servers the sandbox plays in development."""

    def at_sandbox(self, sandbox: str) -> Mapping[str, str]:
        """Return variables that lead to the sandbox at an origin of this machine."""


@runtime_checkable
class StatusBoard(Board, Protocol):
    """A board that wants to know where its candidates stand."""

    def takes_statuses(self, settings: Any) -> bool:
        """Return whether it can be told, with these settings."""

    def open_status_sender(
        self, settings: Any
    ) -> AbstractAsyncContextManager[StatusSender]:
        """Keep connections for as long as the block lasts; nothing is sent yet."""


def is_notice_board(board: object) -> TypeGuard[NoticeBoard]:
    """Return whether a board gives notice, and is to be asked before all else."""
    return _has_all_of(board, NoticeBoard)


def is_asked_board(board: object) -> TypeGuard[AskedBoard]:
    """Return whether a board can be asked for what it has announced."""
    return _has_all_of(board, AskedBoard)


@cache
def _has_all_of(board: object, protocol: type) -> bool:
    # Each step looks ten times, and a look at a protocol's members is slow.
    return isinstance(board, protocol)

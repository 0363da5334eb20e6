"""What some boards offer beside what their kind does."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import Any, Protocol, TypeGuard, runtime_checkable

from pydantic import JsonValue

from letterbox.boards.base import Board, CalledBoard, NoticeBoard
from letterbox.boards.fetching import Fetcher
from letterbox.boards.reports import StatusSender


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
class AskedBoard(Board, CalledBoard, Protocol):
    """
    A board that is asked for what it has announced; every ``NoticeBoard`` is one.

    One that posts whole applications is asked for documents alone, by the addresses in
    them (``Candidate.attachment_links``), once it is recorded. The name of the CV that
    its ``sample_post`` is handed is the address at which it lies.
    """

    def open_fetcher(
        self, settings: Any, *, max_document_bytes: int
    ) -> AbstractAsyncContextManager[Fetcher]:
        """
        Keep connections to the board for as long as the block lasts.

        What has a ``poll`` beside is an ``EventStream``, and the board is reconciled.
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

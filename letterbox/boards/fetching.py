"""What the activities need of boards that give notice only."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from pydantic import JsonValue

from letterbox.boards.seek.graphql import GraphAnswer
from letterbox.domain.submission import Submission


class Graph(Protocol):
    """A board's GraphQL endpoint."""

    async def ask(self, query: str, variables: Mapping[str, JsonValue]) -> GraphAnswer:
        """Execute a query; raises BoardUnavailableError where no answer came."""


class Download(Protocol):
    """A document on its way; ``chunks`` can be read once."""

    @property
    def filename(self) -> str | None:
        """As the board gave it."""

    @property
    def declared_type(self) -> str | None:
        """As the board gave it."""

    @property
    def chunks(self) -> AsyncIterator[bytes]:
        """The content."""


class Attachments(Protocol):
    """A board's documents."""

    def open(self, url: str) -> AbstractAsyncContextManager[Download]:
        """
        Begin a download.

        Raises NotFoundError, BoardRefusedError, TooLargeError, BoardUnavailableError.
        """


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What a board says of an application now."""

    submission: Submission
    """The notice, and what was fetched."""
    is_whole: bool = True
    """False where asking again may give more."""


class Withheld(Enum):
    """Why a board shows nothing."""

    REFUSED = "refused"
    NOT_YET = "not yet"
    """It knows of nothing under that id, of which it has just told us."""


class Fetcher(Protocol):
    """Gets from a board what its notice only announced."""

    @property
    def attachments(self) -> Attachments:
        """Where the documents that the board names are."""

    async def fetch(self, notice: Submission) -> FetchResult | Withheld:
        """
        Add to a notice what the board says now, unless it refuses for now.

        A notice that was answered before is given back as it is.

        Raises BoardUnavailableError for what may pass.
        """

"""Boards that give notice only: what they tell, and how they are asked for the rest."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from letterbox.domain.matching import References
from letterbox.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class PostingClosed:
    """News that an ad was closed, by the board's own id of the ad."""

    posting: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Notices:
    """The events of one signed request, or of one page of the board's stream."""

    submissions: Sequence[Submission] = ()
    closings: Sequence[PostingClosed] = ()
    hirers: Sequence[str] = ()
    """Those with whom our relationship has changed, by the board's own ids."""
    postings: Sequence[str] = ()
    """Ads that were posted or changed, by the board's own ids."""
    others: Sequence[str] = ()
    """Types of events that nothing is done about."""
    unreadable: int = 0
    """Events beside readable ones that are not of the agreed shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A document on its way; ``chunks`` can be read once, inside the block."""

    filename: str | None = field(repr=False)
    """As the board gave it, like its type."""
    declared_type: str | None
    chunks: AsyncIterator[bytes] = field(repr=False)


class Attachments(Protocol):
    """A board's documents."""

    def open(self, url: str) -> AbstractAsyncContextManager[Download]:
        """
        Begin a download.

        Raises NotFoundError, BoardRefusedError, TooLargeError, BoardUnavailableError.
        """


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The current state of an application at its board."""

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
        """The documents that the board names."""

    async def fetch(self, notice: Submission) -> FetchResult | Withheld:
        """
        Add to a notice what the board says now, unless it refuses for now.

        A notice that was answered before is returned as it is.

        Raises BoardUnavailableError for what may pass.
        """


@dataclass(frozen=True, slots=True)
class EventPage:
    """
    A page of a board's event stream.

    ``end_cursor`` is None on an empty page: then the cursor before it stays good.
    """

    notices: Notices
    end_cursor: str | None
    has_next: bool
    is_anew: bool = False
    """Whether the board refused the cursor, and this is its earliest page."""


@runtime_checkable
class EventStream(Protocol):
    """A board's own list of its events, asked for what no webhook delivered."""

    async def poll(self, cursor: str | None) -> EventPage:
        """
        Return the page behind a cursor, the earliest one without a cursor.

        Raises BoardUnavailableError for what may pass.
        """


@runtime_checkable
class HirerNews(Protocol):
    """A board that says what a hirer allows, and what was missed until then."""

    async def may_export(self, hirer: str) -> bool:
        """
        Return whether the hirer lets us fetch its applications now.

        Raises BoardUnavailableError for what may pass.
        """

    async def missed(
        self, hirer: str, since: datetime, cursor: str | None
    ) -> EventPage:
        """
        Return a page of the hirer's applications since a moment, delivered or not.

        Raises BoardUnavailableError for what may pass.
        """


@runtime_checkable
class PostingNews(Protocol):
    """A board that says what its ads go by."""

    async def posting(self, posting: str) -> References | None:
        """
        Return what an ad goes by now; None where the board does not show it.

        Raises BoardUnavailableError for what may pass.
        """

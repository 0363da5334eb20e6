"""What a board's module has to offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol, runtime_checkable

from letterbox.domain.application import Flag
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class FormField:
    """A text field of a form, as its bytes came."""

    name: str
    value: bytes
    charset: str | None = None
    """As the part declares it, if it does."""


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file of a form, already read and hashed, and not looked into."""

    name: str
    """Of the form's field; ``filename`` is the file's."""
    filename: str | None
    declared_type: str | None
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form with nested parts flattened, in the order of its parts."""

    fields: Sequence[FormField]
    files: Sequence[FormFile]


class Answer(StrEnum):
    """What a board can be told; each board has its own words for it."""

    ACCEPTED = "accepted"
    INVALID_SOURCE = "invalid-source"
    NOT_FOUND = "not-found"
    CLOSED = "closed"
    REGION = "region"
    UNEXPECTED = "unexpected"


class Board(Protocol):
    """Reads what a board sent. Pure."""

    name: str

    def read(self, submission: Submission) -> Reading:
        """Give a submission its canonical meaning; keeps odd values, raises nothing."""


@dataclass(frozen=True, slots=True)
class PostingClosed:
    """News that an ad was closed, by the board's own id of the ad."""

    posting: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Notices:
    """What one signed request told of."""

    submissions: Sequence[Submission] = ()
    closings: Sequence[PostingClosed] = ()
    others: Sequence[str] = ()
    """Types of events that nothing is done about."""
    unreadable: int = 0
    """Events beside readable ones that are not of the agreed shape."""


@runtime_checkable
class NoticeBoard(Board, Protocol):
    """A board that gives signed notice to ``/webhooks/<name>`` and has to be asked."""

    def notices(
        self,
        body: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[bytes],
        now: datetime,
    ) -> Notices:
        """
        Verify the raw body, and only then read it.

        Raises SignatureError or MalformedError.
        """

    def bare(self, submission: Submission) -> Submission:
        """Give the notice again, without what was fetched since."""

    def shows_less(self, held: Submission, new: Submission) -> Flag | None:
        """
        Tell whether a newer view lacks what the one we hold has, and why.

        ``redacted`` where it was taken away, ``incomplete`` where it was not told.
        """


@runtime_checkable
class FormBoard(Board, Protocol):
    """A board that posts whole applications as forms to ``/apply/<name>``."""

    answers: Mapping[Answer, tuple[HTTPStatus, str]]

    def receive(
        self, form: Form, secrets: Sequence[bytes], now: datetime
    ) -> Submission:
        """
        Verify a form and make a submission of it.

        Raises SignatureError where it is not the board's, MalformedError where it
        is, and still cannot be kept.
        """

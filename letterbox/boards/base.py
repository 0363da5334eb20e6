"""What a board's module offers."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, BinaryIO, Protocol, runtime_checkable

from pydantic import JsonValue, SecretStr
from pydantic_settings import BaseSettings

from letterbox.boards.fetching import Fetcher, Notices
from letterbox.checks import CheckResult
from letterbox.domain.application import Flag
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission


class Board(Protocol):
    """Reads what a board sent; ``settings`` are Letterbox's, with the board's own."""

    name: str
    """In addresses, ids and metrics."""
    title: str
    """As people write it: the desk does."""
    settings: type[BaseSettings]
    """The board's own settings, whose names begin with the board's."""
    secrets_variable: str
    """The environment variable of its signing secrets."""
    makes_secrets: bool
    """Whether the board chooses its secrets: nobody here can make better ones."""

    def secrets(self, settings: Any) -> Sequence[SecretStr]:
        """Return the secrets that open the board; without one it is off."""

    def read(self, submission: Submission) -> Reading:
        """Return a submission's canonical meaning; keep odd values, raise nothing."""


class FieldKind(StrEnum):
    """What a form's field holds, whatever type its sender declares."""

    TEXT = "text"
    DOCUMENT = "document"
    EITHER = "either"
    """As declared; text that grows too long for a field becomes a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field that a board is known to send."""

    description: str = ""
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False


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
class MultipartForm:
    """A multipart form with nested parts flattened, in the order of its parts."""

    fields: Sequence[FormField]
    files: Sequence[FormFile]


class Outcome(StrEnum):
    """What becomes of a posted application; each board has its own words for it."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    """It is kept already."""
    INVALID_SOURCE = "invalid-source"
    NOT_FOUND = "not-found"
    CLOSED = "closed"
    REGION = "region"
    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    UNAVAILABLE = "unavailable"
    """The store is away: the same may be sent again."""
    UNEXPECTED = "unexpected"


REFUSALS = frozenset({Outcome.NOT_FOUND, Outcome.CLOSED, Outcome.REGION})
"""What a rule of the house refuses; a board that has no word for it is not refused."""


@runtime_checkable
class FormBoard(Board, Protocol):
    """A board that posts whole applications as forms to ``/apply/<name>``."""

    fields: Mapping[str, FieldSpec]
    """Of its forms, by name; others are kept too."""
    responses: Mapping[Outcome, tuple[HTTPStatus, str]]

    def receive(
        self, form: MultipartForm, secrets: Sequence[bytes], now: datetime
    ) -> Submission:
        """
        Verify a form and make a submission of it.

        Raises SignatureError where it is not the board's, MalformedError where it
        is, and still cannot be kept.
        """

    def sample(self, board_id: str, job_id: str, secret: str) -> dict[str, str]:
        """Return the signed text fields of an invented person's application."""

    sample_document: str
    """The field in which the sample's CV is sent."""


@dataclass(frozen=True, slots=True)
class Head:
    """What comes before the body of a post."""

    headers: Mapping[str, str]
    """Their names are in lower case."""
    query: Mapping[str, str]


class Verifier(Protocol):
    """Computes on the way what the whole body's signature has to be."""

    def update(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""

    def verify(self) -> None:
        """Raise SignatureError unless what came is the board's."""


@dataclass(frozen=True, slots=True)
class ReceivedPost:
    """A posted application, and the contents of its documents, by SHA-256."""

    submission: Submission
    contents: Mapping[str, BinaryIO]
    remarks: Mapping[str, JsonValue] = field(default_factory=dict)
    """What its sender is told beside the reply, such as which fields nothing reads."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a board is answered; without a body nothing is sent after the headers."""

    status: HTTPStatus
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """A request as a board would send it."""

    headers: Mapping[str, str]
    body: bytes


@runtime_checkable
class PostBoard(Board, Protocol):
    """A board that posts a whole application in one body to ``/apply/<name>``."""

    media_type: str
    """Of its bodies, as OpenAPI is to have it."""
    statuses: Mapping[Outcome, HTTPStatus]
    """Of its replies; it has no word for an outcome that is missing here."""

    @property
    def body_schema(self) -> Mapping[str, JsonValue]:
        """The JSON Schema of its bodies; others are taken too."""

    def max_body_bytes(self, settings: Any) -> int:
        """Return how large a body is taken."""

    def refuses(self, settings: Any) -> Collection[Outcome]:
        """Return which of ``REFUSALS``, and whether DUPLICATE, it is to be told."""

    def verifier(self, head: Head, secrets: Sequence[bytes], settings: Any) -> Verifier:
        """Return what the body passes through before anything looks into it."""

    def receive(
        self, head: Head, body: BinaryIO, now: datetime, settings: Any
    ) -> ReceivedPost:
        """
        Make a submission of a verified body. Blocking: it is called in a thread.

        Raises MalformedError for what cannot be kept under any id.
        """

    def reply(
        self,
        outcome: Outcome,
        application_id: str | None,
        detail: str | None,
        settings: Any,
    ) -> Reply:
        """Return the reply; ``detail`` says why, and nothing of a candidate."""

    def sample_post(
        self,
        board_id: str,
        job_id: str,
        secret: str,
        cv: tuple[str, bytes],
        settings: Any,
    ) -> Post:
        """Sign an invented person's application; ``cv`` is its name and content."""


@runtime_checkable
class CalledBoard(Protocol):
    """A board that we call, for whatever it is: ``letterbox doctor`` does so, too."""

    def servers(self, settings: Any) -> Mapping[str, str]:
        """Return the servers that are asked, each by its name and with its URL."""

    async def check(self, settings: Any) -> Sequence[CheckResult]:
        """Return what ``letterbox doctor`` is to print of the board."""


@runtime_checkable
class AskedBoard(Board, CalledBoard, Protocol):
    """
    A board that is asked for what it has announced.

    One that posts whole applications is asked for documents alone, by the addresses in
    them (``Candidate.attachment_links``), once it is recorded. The name of the CV that
    its ``sample_post`` is handed is the address at which it lies.
    """

    def open_fetcher(
        self, settings: Any, *, max_document_bytes: int
    ) -> AbstractAsyncContextManager[Fetcher]:
        """Keep connections; with a ``poll`` it is an ``EventStream``, and is read."""


@runtime_checkable
class NoticeBoard(AskedBoard, Protocol):
    """A board that gives signed notice to ``/webhooks/<name>`` and has to be asked."""

    def notices(
        self,
        body: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[bytes],
        now: datetime,
    ) -> Notices:
        """Verify the raw body, then read it (SignatureError, MalformedError)."""

    def bare(self, submission: Submission) -> Submission:
        """Return the notice alone, without what was fetched since."""

    def shows_less(self, held: Submission, new: Submission) -> Flag | None:
        """
        Return why a newer view lacks what the one we hold has; None where it does not.

        ``redacted`` where it was taken away, ``incomplete`` where it was not told.
        """

    def reconcile_every(self, settings: Any) -> timedelta | None:
        """Return how often the board's event stream is polled; None for never."""

    def discards_unmatched(self, settings: Any) -> bool:
        """Return whether applications for ads surely not ours are discarded."""

"""What was accepted from a board, before anything is made of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from letterbox.domain.documents.kinds import DocumentProblem
from letterbox.domain.region import RegionFinding

MAX_DELIVERIES = 10
"""
So many differing submissions of one application are accepted.

A signature may cover the id alone: anyone who saw one request could send others.
"""


class Role(StrEnum):
    """What a document is to the application, in HR Open's words."""

    RESUME = "RESUME"
    COVER_LETTER = "COVER_LETTER"
    SELECTION_CRITERIA = "SELECTION_CRITERIA"
    OTHER = "OTHER"


class ReceivedDocument(BaseModel):
    """A document that came with a submission, or was fetched for it."""

    model_config = ConfigDict(frozen=True)

    role: Role
    name: str
    """``<sha256>.<ext>``; in the inbox the extension is not known yet."""
    sha256: str
    size: int
    filename: str | None = None
    declared_type: str | None = None
    link: str | None = None
    """The board's own id of it, where it was fetched."""
    question_id: str | None = None
    """Of the question that it answers, by the board's own id."""
    problem: DocumentProblem | None = None
    """What was wrong with it before anything looked into it."""
    is_original: bool = False
    """Whether it is all that came, as it came: an e-mail, which is odd as no file."""


class Submission(BaseModel):
    """
    One submission by a board, as it said it.

    Lies in the inbox from before the 2xx until a workflow has taken it over, and
    from then on as ``source/<n>.json``.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    version: Literal[1] = 1
    application_id: str
    board: str
    board_id: str
    fingerprint: str
    received_at: AwareDatetime
    said: JsonValue
    demographics: JsonValue = None
    """What people are, and not what they can: it is kept where no ``said`` is seen."""
    demographics_apart: bool = False
    """Whether it told any, which have an object of their own by now."""
    documents: tuple[ReceivedDocument, ...] = ()
    region: RegionFinding | None = None

    def with_names(self, names: Mapping[str, str]) -> Self:
        """Name documents otherwise, by their digests; those that are not there stay."""
        documents = tuple(
            document.model_copy(
                update={"name": names.get(document.sha256, document.name)}
            )
            for document in self.documents
        )
        return self.model_copy(update={"documents": documents})

    def precedes(self) -> tuple[datetime, str]:
        """Order submissions of one application: the first is the record."""
        return self.received_at, self.fingerprint

"""The canonical record of an application, schema version 1."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.inbox import Role
from domain.positions import ReferenceKind
from domain.region import RegionFinding


class Stage(StrEnum):
    """How far an application has come."""

    RECEIVED = "received"
    STORED = "stored"
    TRIAGE = "triage"
    MATCHED = "matched"
    DELIVERED = "delivered"
    ARCHIVED = "archived"
    ERASED = "erased"
    DISCARDED = "discarded"


class Flag(StrEnum):
    """What a person may want to look at; never a reason to refuse."""

    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    INFECTED = "infected"
    UNSCANNED = "unscanned"
    ODD_FILE = "odd-file"
    REGION = "region"
    INCOMPLETE = "incomplete"
    REDACTED = "redacted"
    UNAVAILABLE = "unavailable"
    HELD = "held"
    OVERDUE = "overdue"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class PersonName(_Kept):
    """A name as given; ``formatted`` is how to print it."""

    given: str | None = None
    family: str | None = None
    formatted: str


class Person(_Kept):
    """Who the candidate is."""

    name: PersonName


class Email(_Kept):
    """An address, as typed."""

    address: str


class Phone(_Kept):
    """A number, as typed: boards promise no form."""

    formatted_number: str


class Candidate(_Kept):
    """The person who applied."""

    person: Person
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()


class Attachment(_Kept):
    """A document in ``documents/``, and what a look inside told."""

    role: Role
    name: str = Field(description="<sha256>.<ext>, as in the store.")
    sha256: str
    size: int = Field(description="Bytes.")
    filename: str | None = Field(None, description="As the board gave it.")
    declared_type: str | None = Field(None, description="As the board gave it.")
    media_type: str | None = Field(description="By content; null where unknown.")
    problem: str | None = Field(
        None, description="unknown-type, missing or damaged; null where all is well."
    )


class PositionOpening(_Kept):
    """The position, or why a person must choose it."""

    reference: str | None = Field(None, description="Ours; null in triage.")
    hirer: str | None = None
    title: str | None = None
    matched_by: ReferenceKind | None = None
    triage: str | None = Field(None, description="Why no position could be matched.")


class Source(_Kept):
    """Where an application came from."""

    board: str
    board_id: str = Field(description="The board's own id of the application.")
    job_reference: str | None = Field(None, description="As the board sent it.")
    posting: str | None = Field(None, description="The board's own id of the ad.")
    ip_address: str | None = None
    user_agent: str | None = None


class View(_Kept):
    """One delivery kept whole as ``source/<number>.json``."""

    number: int
    fingerprint: str
    received_at: AwareDatetime


class Application(_Kept):
    """One application: published as docs/schemas/application-1.json."""

    schema_version: Literal[1] = 1
    id: str
    stage: Stage
    flags: tuple[Flag, ...] = ()
    applied_at: AwareDatetime
    received_at: AwareDatetime
    archive_by: AwareDatetime = Field(description="When archiving is due.")
    source: Source
    candidate: Candidate
    attachments: tuple[Attachment, ...] = ()
    answers: tuple[JsonValue, ...] = ()
    position: PositionOpening
    region: RegionFinding | None = None
    views: tuple[View, ...] = Field(description="The first one is this record.")

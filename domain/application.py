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


class AddressPart(_Kept):
    """A part of an address that goes by a kind, such as State or Apartment."""

    type: str | None = None
    value: str


class Address(_Kept):
    """A postal address, as far as it was told."""

    formatted: str | None = None
    line: str | None = None
    extended_lines: tuple[AddressPart, ...] = ()
    city: str | None = None
    subdivisions: tuple[AddressPart, ...] = ()
    postal_code: str | None = None
    country_code: str | None = Field(None, description="ISO 3166-1 alpha-2.")


class PositionHistory(_Kept):
    """One job at an employer."""

    title: str | None = None
    start: str | None = Field(None, description="As sent: 2020, 2020-05 or a day.")
    end: str | None = Field(None, description="As start.")
    current: bool | None = None
    descriptions: tuple[str, ...] = ()


class EmployerHistory(_Kept):
    """The jobs at one employer."""

    organization: str | None = None
    positions: tuple[PositionHistory, ...] = ()


class EducationDegree(_Kept):
    """What was studied, and whether it was finished."""

    name: str | None = None
    date: str | None = Field(None, description="As sent: 2020, 2020-05 or a day.")
    status: str | None = Field(None, description="InProgress, Granted or another.")


class EducationAttendance(_Kept):
    """The studies at one institution."""

    institution: str | None = None
    degrees: tuple[EducationDegree, ...] = ()
    descriptions: tuple[str, ...] = ()


class Certification(_Kept):
    """A certificate or a licence."""

    name: str | None = None
    issued: str | None = Field(None, description="As sent: 2020, 2020-05 or a day.")
    issuing_authority: str | None = None
    valid_to: str | None = Field(None, description="As issued.")
    descriptions: tuple[str, ...] = ()


class CandidateSource(_Kept):
    """How the candidate came to the board."""

    name: str | None = None
    type: str | None = None


class AttachmentLink(_Kept):
    """A document that the board has for us, fetched or not."""

    id: str = Field(description="The board's own.")
    url: str
    role: Role = Role.OTHER
    descriptions: tuple[str, ...] = ()


class Candidate(_Kept):
    """The person who applied."""

    person: Person
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    board_id: str | None = Field(
        None, description="The board's own id of the person, the same for one hirer."
    )
    addresses: tuple[Address, ...] = ()
    do_not_contact: bool | None = None
    employment: tuple[EmployerHistory, ...] = ()
    education: tuple[EducationAttendance, ...] = ()
    certifications: tuple[Certification, ...] = ()
    skills: tuple[str, ...] = ()
    sources: tuple[CandidateSource, ...] = ()
    attachment_links: tuple[AttachmentLink, ...] = Field(
        (), description="What the board lists; attachments are what is in the store."
    )


class Attachment(_Kept):
    """A document in ``documents/``, and what a look inside told."""

    role: Role
    name: str | None = Field(
        description="<sha256>.<ext>, as in the store; null where the board has none."
    )
    sha256: str | None
    size: int = Field(description="Bytes.")
    filename: str | None = Field(None, description="As the board gave it.")
    declared_type: str | None = Field(None, description="As the board gave it.")
    media_type: str | None = Field(description="By content; null where unknown.")
    problem: str | None = Field(
        None,
        description="unknown-type, missing, damaged, refused, too-large, unavailable.",
    )


class PositionOpening(_Kept):
    """The position, or why a person must choose it."""

    reference: str | None = Field(None, description="Ours; null in triage.")
    hirer: str | None = None
    title: str | None = None
    matched_by: ReferenceKind | None = None
    triage: str | None = Field(None, description="Why no position could be matched.")


class Organization(_Kept):
    """A hirer, by the board's own id."""

    id: str | None = None
    name: str | None = None


class PostingWindow(_Kept):
    """When an ad was to be shown; it may have closed before the end."""

    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


class PositionProfile(_Kept):
    """The ad that was applied to, as the board knows it."""

    profile_id: str | None = None
    type: str | None = Field(None, description="The board's own code.")
    title: str | None = None
    uri: str | None = None
    organizations: tuple[Organization, ...] = ()
    opening_id: str | None = None
    opening_status: str | None = Field(None, description="The board's own code.")
    opening_partner_metadata: str | None = None
    hirer_job_reference: str | None = None
    billing_reference: str | None = None
    partner_metadata: str | None = None
    created_by_self: bool | None = Field(
        None, description="Whether our software posted it; null is unknown."
    )
    posting_source: str | None = Field(None, description="The board's own code.")
    postings: tuple[PostingWindow, ...] = ()


class Source(_Kept):
    """Where an application came from."""

    board: str
    board_id: str = Field(description="The board's own id of the application.")
    job_reference: str | None = Field(None, description="As the board sent it.")
    posting: str | None = Field(None, description="The board's own id of the ad.")
    ip_address: str | None = None
    user_agent: str | None = None
    profile_id: str | None = Field(
        None, description="The board's own id of what it fetches an application by."
    )
    updated_at: AwareDatetime | None = Field(
        None, description="When the board last changed what it shows."
    )
    hirer: str | None = Field(None, description="The board's own id of the hirer.")
    position_profile: PositionProfile | None = None


class View(_Kept):
    """One delivery kept whole as ``source/<number>.json``."""

    number: int
    fingerprint: str
    received_at: AwareDatetime


class Tombstone(_Kept):
    """What remains of an application that was removed: nothing of the candidate."""

    schema_version: Literal[1] = 1
    stage: Literal[Stage.ERASED, Stage.DISCARDED] = Stage.ERASED
    reason: str
    removed_at: AwareDatetime


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
    views: tuple[View, ...] = Field(description="All that the board said, in order.")
    shown_view: int = Field(1, description="The view that this record shows.")

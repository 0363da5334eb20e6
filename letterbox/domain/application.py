"""The canonical record of an application, schema version 2."""

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BeforeValidator, Field

from letterbox.domain.advertisement import PositionProfile
from letterbox.domain.answers import Answer, upgraded
from letterbox.domain.candidate import Candidate, Record
from letterbox.domain.positions import ReferenceKind
from letterbox.domain.region import RegionFinding
from letterbox.domain.standing import StatusChanges
from letterbox.domain.submission import Role


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
    CONSENT = "consent"
    """The candidate withheld a consent that was asked for: see the answers."""
    REPEATED_ID = "repeated-id"
    """Another application has the id that the board gave this one."""


class Release(Record):
    """Why a document that a virus scanner objects to is no threat."""

    reason: str
    by: str = ""
    released_at: AwareDatetime


class EventType(StrEnum):
    """What can happen to an application, as the ATS is told of it."""

    RECORDED = "application.recorded"
    MATCHED = "application.matched"
    UPDATED = "application.updated"
    ARCHIVED = "application.archived"
    ERASED = "application.erased"


class Attachment(Record):
    """A document in ``documents/``, and what a look inside told."""

    role: Role
    name: str | None = Field(
        description="<sha256>.<ext>, as in the store; null where the board has none."
    )
    sha256: str | None
    size: int = Field(description="Bytes.")
    filename: str | None = Field(
        None,
        description=(
            "Decoded, without folders, and safe to save; the source has it as the "
            "board gave it."
        ),
    )
    declared_type: str | None = Field(None, description="As the board gave it.")
    media_type: str | None = Field(description="By content; null where unknown.")
    scan: str | None = Field(
        None,
        description=(
            "clean, infected, unscanned (so far), unscannable, released (by a person "
            "who says that the scanner is wrong); null where not scanned."
        ),
    )
    problem: str | None = Field(
        None,
        description=(
            "missing, damaged, refused, too-large, unavailable; or what is odd about "
            "it: unknown-type, unusual-type, unreadable, not-looked-into, macros, "
            "password, not-decoded, markup, image."
        ),
    )
    released: Release | None = Field(None, description="Why it left quarantine.")
    question_id: str | None = Field(
        None, description="Of the question that it answers, the board's own."
    )


class PositionOpening(Record):
    """The position, or why a person must choose it."""

    reference: str | None = Field(None, description="Ours; null in triage.")
    hirer: str | None = None
    title: str | None = None
    matched_by: ReferenceKind | None = None
    triage: str | None = Field(None, description="Why no position could be matched.")
    assigned_by: str | None = Field(
        None, description="Who chose it; null where it was matched."
    )
    assigned_at: AwareDatetime | None = Field(None, description="When that was.")


class Source(Record):
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
    status_target: str | None = Field(
        None, description="Where, or by which id, the board wants to be told statuses."
    )
    updated_at: AwareDatetime | None = Field(
        None, description="When the board last changed what it shows."
    )
    hirer: str | None = Field(None, description="The board's own id of the hirer.")
    position_profile: PositionProfile | None = None


class View(Record):
    """One delivery kept whole as ``source/<number>.json``."""

    number: int
    fingerprint: str
    received_at: AwareDatetime
    attachments: tuple[Attachment, ...] = Field(
        (), description="Its documents, whether or not the record shows them."
    )


class Owed(Record):
    """An event that the ATS has not been told of yet, as things stood then."""

    type: EventType
    delivery_id: str = Field(description="The webhook-id, the same over all retries.")
    happened_at: AwareDatetime
    stage: Stage
    flags: tuple[Flag, ...] = ()
    position: str | None = None
    hirer: str | None = None
    archive_by: AwareDatetime | None = None


class Told(Record):
    """An event that the ATS has taken."""

    type: EventType
    happened_at: AwareDatetime
    told_at: AwareDatetime


class Tombstone(Record):
    """What remains of an application that was removed: nothing of the candidate."""

    schema_version: Literal[1] = 1
    stage: Literal[Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED] = Stage.ERASED
    """``archived`` where its archive was kept as long as it was to be."""
    reason: str
    by: str = "letterbox"
    removed_at: AwareDatetime
    removed: int = 0
    """How many objects."""
    id: str = ""
    """Of the application; empty in those of earlier versions, whose key tells it."""
    is_announced: bool = False
    """Whether the archive is about to be removed: a hold may still withdraw that."""
    own_ids: tuple[str, ...] | None = None  # Of each e-mail that went, if known.


class Hold(Record):
    """Why an application must not be deleted; ``until`` None is until released."""

    schema_version: Literal[1] = 1
    reason: str
    placed_at: AwareDatetime
    until: AwareDatetime | None = None
    by: str = Field("", description="Who placed it; empty where that is not known.")

    def is_active(self, now: datetime) -> bool:
        """Return whether it is still in force."""
        return self.until is None or now < self.until


class Handled(Record):
    """What a person, or a program of the operator's, did about an application."""

    action: Literal["assigned", "held", "released"]
    by: str
    at: AwareDatetime
    reason: str | None = Field(
        None, description="Of a hold or its release; null where it is not known."
    )
    until: AwareDatetime | None = Field(None, description="When a hold was to end.")


def _raised(version: object) -> object:
    return 2 if version == 1 else version


class Application(Record):
    """
    One application: published as docs/schemas/application-2.json.

    Records of version 1 are read as well, and become version 2 when they change.
    """

    schema_version: Annotated[Literal[2], BeforeValidator(_raised)] = 2
    id: str
    stage: Stage
    flags: tuple[Flag, ...] = ()
    applied_at: AwareDatetime
    received_at: AwareDatetime
    archive_by: AwareDatetime = Field(description="When archiving is due.")
    window_end: AwareDatetime = Field(
        description="When the board forgets it: archived by then."
    )
    source: Source
    candidate: Candidate
    attachments: tuple[Attachment, ...] = ()
    answers: tuple[Annotated[Answer, BeforeValidator(upgraded)], ...] = Field(
        (), description="To the questions of the ad; demographic ones are kept apart."
    )
    position: PositionOpening
    region: RegionFinding | None = None
    views: tuple[View, ...] = Field(description="All that the board said, in order.")
    shown_view: int = Field(1, description="The view that this record shows.")
    hold: Hold | None = Field(None, description="Why it must not be deleted.")
    handled: tuple[Handled, ...] = Field(
        (), description="Who did what about it, the latest last; the last 50."
    )
    markers: tuple[str, ...] = Field(
        (), description="Digests under which the candidate's applications are found."
    )
    owed: tuple[Owed, ...] = Field(
        (), description="Events that the ATS has not been told of yet."
    )
    told: tuple[Told, ...] = Field(
        (), description="Events that the ATS has taken, the latest last; the last 50."
    )
    status_changes: StatusChanges = Field(
        (), description="Where the candidate stood with the hirer, the oldest first."
    )

    def with_flag(self, *flags: Flag, is_up: bool = True) -> Self:
        """Raise flags, or lower them."""
        changed = {*self.flags, *flags} if is_up else {*self.flags} - {*flags}
        return self.model_copy(update={"flags": tuple(sorted(changed))})

    def with_attachments(self, change: Callable[[Attachment], Attachment]) -> Self:
        """Change each document of the record, and of its views."""
        views = tuple(
            view.model_copy(
                update={"attachments": tuple(map(change, view.attachments))}
            )
            for view in self.views
        )
        attachments = tuple(map(change, self.attachments))
        return self.model_copy(update={"attachments": attachments, "views": views})

    def all_attachments(self) -> Iterator[Attachment]:
        """Yield the record's documents, then those of views that it does not show."""
        yield from self.attachments
        shown = {attachment.name for attachment in self.attachments}
        for view in self.views:
            yield from (other for other in view.attachments if other.name not in shown)

"""What travels between an application's workflow and the steps up to its record."""

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from letterbox.domain.application import Application, EventType, Flag, Stage
from letterbox.domain.events import ApplicationEvent
from letterbox.domain.positions import ReferenceKind
from letterbox.domain.submission import Role


class Value(BaseModel):
    """
    Ids, names, counts and codes: nothing that is of a person.

    Histories live for 180 days: fields are only ever added, with defaults.
    """

    model_config = ConfigDict(frozen=True)


class Scanning(Value):
    """Documents of one application to scan, each ``<sha256>.<ext>``."""

    application_id: str
    names: tuple[str, ...] = ()


class Scanned(Value):
    """The documents that are not known to be clean."""

    infected: tuple[str, ...] = ()
    """In quarantine."""
    unscanned: tuple[str, ...] = ()
    """The scanner could not tell this time: to be scanned again."""
    too_large: tuple[str, ...] = ()
    """
    Unscannable: beyond the scanner's limits, or encrypted; not to be asked again.
    """
    released: tuple[str, ...] = ()
    """A person has said that the scanner is wrong about them."""
    absent: tuple[str, ...] = ()
    """Nowhere to be found, so nothing is known of them."""


class OwedEvent(Value):
    """An event that the ATS has not been told of yet."""

    type: EventType
    delivery_id: str
    happened_at: AwareDatetime


class Recorded(Value):
    """Where a recorded application stands."""

    stage: Stage
    flags: tuple[Flag, ...] = ()
    position: str | None = None
    hirer: str | None = None
    posting: str | None = None
    triage: str | None = None
    archive_by: AwareDatetime | None = None
    overdue_at: AwareDatetime | None = None
    """Half the margin before the board forgets it."""
    held_until: AwareDatetime | None = None
    unscanned: tuple[str, ...] = ()
    """Documents that wait for the virus scanner to come back."""
    deliver: bool | None = None
    """Whether there is an ATS; None where it was not asked, as by older releases."""
    owed: tuple[OwedEvent, ...] = ()
    """What the ATS is to be told of; nothing where there is none."""

    @classmethod
    def of(cls, record: Application, *, deliver: bool | None = None) -> Self:
        """Tell of a record what Temporal may know."""
        margin = record.window_end - record.archive_by
        return cls(
            stage=record.stage,
            flags=record.flags,
            position=record.position.reference,
            hirer=record.position.hirer or record.source.hirer,
            posting=record.source.posting,
            triage=record.position.triage,
            archive_by=record.archive_by,
            overdue_at=record.archive_by + margin / 2,
            held_until=record.hold.until if record.hold else None,
            unscanned=tuple(
                dict.fromkeys(
                    one.name
                    for one in record.all_attachments()
                    if one.name and one.scan == "unscanned"
                )
            ),
            deliver=deliver,
            owed=tuple(
                OwedEvent(
                    type=one.type,
                    delivery_id=one.delivery_id,
                    happened_at=one.happened_at,
                )
                for one in (record.owed if deliver else ())
            ),
        )


class Collecting(Value):
    """What ``collect`` looks for."""

    application_id: str
    again: bool = False
    """Ask the board again, if it can be asked, though it has sent nothing new."""
    was_recorded: bool = False
    """Whether there has been a record: then its absence is a loss."""


class Collected(Value):
    """What lies in the inbox for an application."""

    fresh: bool = False
    """Whether there is a submission to take over, or to ask the board about again."""
    more: bool = False
    """Whether others wait behind it."""
    view: int = 1
    """The number under which that submission is kept as a source."""
    repeated: bool = False
    """Whether it was kept as that before."""
    fetch: bool = False
    """Whether it is a notice only, and the application is to be fetched."""
    recorded: Recorded | None = None
    """Where the application stands, if it was recorded before."""
    ended: Stage | None = None
    """Archived or erased before: nothing is taken in again."""
    scan: bool = False
    """Whether there is a virus scanner."""
    deliver: bool = False
    """Whether there is an ATS that wants to be told."""
    lost_source: bool = False
    """Whether the board cannot be asked, since its notice is lost or damaged."""


class Step(Value):
    """One submission of one application."""

    application_id: str
    view: int
    """The number of its source; not its fingerprint, which is a candidate's digest."""
    repeated: bool = False
    """Whether a worker took this submission over before, and did not record it."""


class Fetched(Value):
    """What a board answered when it was asked for an application."""

    available: bool = True
    """False where the board refuses for now, or has nothing."""
    whole: bool = True
    """False where parts could not be told this time."""
    documents: int = 0
    news_at: AwareDatetime | None = None
    """When the board told of what it does not show yet: it may, any moment."""


class InspectedDocument(Value):
    """What a look inside a document told."""

    role: Role
    name: str | None
    """``<sha256>.<ext>``; None where there is no such document."""
    size: int
    media_type: str | None
    problem: str | None = None
    """missing, damaged, refused, too-large, unavailable, or what is odd about it."""


class StoredDocuments(Value):
    """The documents of one submission, all in the store."""

    documents: tuple[InspectedDocument, ...] = ()
    whole: bool = True
    """False where the board is to be asked for the others again."""


class MatchedPosition(Value):
    """The position found, or why none was."""

    reference: str | None = None
    hirer: str | None = None
    title: str | None = None
    matched_by: ReferenceKind | None = None
    triage: str | None = None
    closed_at: AwareDatetime | None = None
    discard: bool = False
    """Whether the settings want such an application removed."""


class Recording(Value):
    """What ``record`` makes the record of."""

    step: Step
    stored: StoredDocuments
    matched: MatchedPosition | None = None
    """None for a second, different submission: the record stays the first."""
    available: bool = True
    """False where the board has only given notice of the application."""
    whole: bool = True
    """False where it is to be asked again for parts."""
    scanned: Scanned | None = None
    """None where there is no scanner."""


class Retired(Value):
    """What came of removing the hot copy of an archived application."""

    done: bool = True
    """False where it was changed after packing: it is to be packed again."""
    deliver: bool = False
    """Whether there is an ATS to tell."""


class Polling(Value):
    """Where ``poll_events`` goes on."""

    cursor: str | None = None
    """Opaque; None begins with the earliest event that the board remembers."""


class Polled(Value):
    """What one page of events brought."""

    cursor: str | None = None
    has_next: bool = False
    found: int = 0
    """Applications on the page."""
    taken_in: int = 0
    """Those that were not known."""


class ExpiryReport(Value):
    """What became of the archives that were kept long enough."""

    ended: int = 0
    """Removed."""
    held: int = 0
    """Old enough, and kept by a hold."""
    left: int = 0
    """Damaged, and nobody can say whose they are."""


class ImportedPositions(Value):
    """What an import of positions did."""

    positions: int = 0
    """Number of positions in the feed."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    mended: int = 0
    """Jobs that were spoilt, and read all the same."""
    skipped: int = 0
    """Jobs that could not be read."""
    removals_waiting: int = 0
    """Until three feeds agree, or a person says --force."""


class Audited(Value):
    """What an audit came to: counts by kind, and of nobody in particular."""

    fine: bool = True
    findings: dict[str, int] = Field(default_factory=dict)


class Sweep(Value):
    """What ``InboxSweep`` starts."""

    older_than_seconds: float


class Swept(Value):
    """What became of the inbox records that were old enough."""

    started: int = 0
    left: int = 0
    """Could not be started; the next sweep tries again."""


class Watch(Value):
    """What ``ArchiveWatch`` looks for."""

    overdue_after: timedelta
    """How long after its archive was due an application is overdue."""
    every: timedelta
    """The time between two looks."""
    unrecorded_after: timedelta = timedelta(days=2)
    """Longer than a board is asked for one application."""


class Watched(Value):
    """What one look found."""

    overdue: int = 0
    """Number of applications that were told so."""
    left: int = 0
    """Could not be told: their workflow does not go on."""
    unrecorded: int = 0
    """Open for days, and not recorded."""


class DeliveryOrder(ApplicationEvent):
    """
    One event to be delivered.

    ``delivery_id`` becomes the ``webhook-id``, the same over all retries: the ATS
    tells repeats by it. It is signed between full stops, so it must hold none.
    """

    delivery_id: str = Field(pattern=r"\A[A-Za-z0-9_-]{1,100}\z")


class Outcome(StrEnum):
    """What became of a delivery that is over."""

    DELIVERED = "delivered"
    DISABLED = "disabled"
    """The ATS has said 410 to this address, now or before."""
    OFF = "off"
    """What older releases said where they had no ATS; histories hold it."""


class Delivered(Value):
    """How a delivery ended."""

    outcome: Outcome


class Keeping(Value):
    """Events that are kept, since no workflow will be there to remember them."""

    application_id: str
    events: tuple[DeliveryOrder, ...]


class Found(Value):
    """What was kept of an application."""

    deliver: bool
    """Whether there is an ATS to tell."""
    events: tuple[DeliveryOrder, ...] = ()

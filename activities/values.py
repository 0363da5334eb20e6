"""What travels between workflows and activities: ids, names, counts and codes."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.application import Application, Flag, Stage
from domain.inbox import Role
from domain.positions import ReferenceKind


class _Value(BaseModel):
    # Histories live for 180 days: fields are only ever added, with defaults.
    model_config = ConfigDict(frozen=True)


class Recorded(_Value):
    """Where a recorded application stands."""

    stage: Stage
    flags: tuple[Flag, ...] = ()
    position: str | None = None
    hirer: str | None = None
    posting: str | None = None
    triage: str | None = None
    archive_by: AwareDatetime | None = None

    @classmethod
    def of(cls, record: Application) -> Self:
        """Tell of a record what Temporal may know."""
        return cls(
            stage=record.stage,
            flags=record.flags,
            position=record.position.reference,
            hirer=record.position.hirer or record.source.hirer,
            posting=record.source.posting,
            triage=record.position.triage,
            archive_by=record.archive_by,
        )


class Collected(_Value):
    """What lies in the inbox for an application."""

    fresh: bool = False
    """Whether there is a delivery to take over, or to ask the board about again."""
    more: bool = False
    """Whether others wait behind it."""
    view: int = 1
    """The number under which that delivery is kept as a source."""
    fetch: bool = False
    """Whether it is a notice only, and the application is to be fetched."""
    recorded: Recorded | None = None
    """Where the application stands, if it was recorded before."""
    ended: Stage | None = None
    """Archived or erased before: nothing is taken in again."""


class Step(_Value):
    """One delivery of one application."""

    application_id: str
    view: int
    """The number of its source; not its fingerprint, which is a candidate's digest."""


class Fetched(_Value):
    """What a board answered when it was asked for an application."""

    available: bool = True
    """False where the board refuses for now, or has nothing."""
    whole: bool = True
    """False where parts could not be told this time."""
    documents: int = 0


class InspectedDocument(_Value):
    """What a look inside a document told."""

    role: Role
    name: str | None
    """``<sha256>.<ext>``; None where there is no such document."""
    size: int
    media_type: str | None
    problem: str | None = None
    """unknown-type, missing, damaged, refused, too-large or unavailable."""


class StoredDocuments(_Value):
    """The documents of one delivery, all in the store."""

    documents: tuple[InspectedDocument, ...] = ()


class MatchedPosition(_Value):
    """The position found, or why none was."""

    reference: str | None = None
    hirer: str | None = None
    title: str | None = None
    matched_by: ReferenceKind | None = None
    triage: str | None = None
    closed_at: AwareDatetime | None = None
    discard: bool = False
    """Whether the settings want such an application removed."""


class Recording(_Value):
    """What ``record`` makes the record of."""

    step: Step
    stored: StoredDocuments
    matched: MatchedPosition | None = None
    """None for a second, different delivery: the record stays the first."""
    available: bool = True
    """False where the board has only given notice of the application."""
    whole: bool = True
    """False where it is to be asked again for parts."""


class Closing(_Value):
    """News that a board's ad was closed."""

    application_id: str
    closed_at: AwareDatetime


class Polling(_Value):
    """Where ``poll_events`` goes on."""

    cursor: str | None = None
    """Opaque; None begins with the earliest event that the board remembers."""


class Polled(_Value):
    """What one page of events brought."""

    cursor: str | None = None
    has_next: bool = False
    found: int = 0
    """Applications on the page."""
    taken_in: int = 0
    """Those that were not known."""


class Sweep(_Value):
    """What ``InboxSweep`` starts."""

    older_than_seconds: float


class Swept(_Value):
    """What became of the inbox records that were old enough."""

    started: int = 0
    left: int = 0
    """Could not be started; the next sweep tries again."""

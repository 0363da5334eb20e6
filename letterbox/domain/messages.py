"""Arguments and results of activities: what travels between workflows and steps."""

from datetime import timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from letterbox.domain.application import Stage
from letterbox.domain.events import ApplicationEvent
from letterbox.domain.positions import ReferenceKind
from letterbox.domain.status import Recorded, Value
from letterbox.domain.submission import Role


class ScanInput(Value):
    """Documents of one application to scan, each ``<sha256>.<ext>``."""

    application_id: str
    names: tuple[str, ...] = ()


class ScanResult(Value):
    """The documents that are not known to be clean."""

    infected: tuple[str, ...] = ()
    """In quarantine."""
    unscanned: tuple[str, ...] = ()
    """The scanner did not answer: to be scanned again."""
    too_large: tuple[str, ...] = ()
    """Beyond the scanner's limits, or encrypted; not to be asked again."""
    released: tuple[str, ...] = ()
    """Released by a person: the scanner is wrong about them."""
    absent: tuple[str, ...] = ()
    """Absent from the store, so that nothing is known of them."""


class StoreInput(Value):
    """The argument of ``store_documents``, and of the older ``collect``."""

    application_id: str
    again: bool = False
    """Whether to ask the board again, if it can be asked, without a new notice."""
    was_recorded: bool = False
    """Whether there has been a record, so that its absence is a loss."""


class StepInput(Value):
    """The argument of the steps on one submission of an application."""

    application_id: str
    view: int
    """The number of its source; not its fingerprint, which is a candidate's digest."""
    repeated: bool = False
    """Whether a worker began with this submission before, and did not record it."""


class InspectedDocument(Value):
    """A document whose content was inspected."""

    role: Role
    name: str | None = None
    """``<sha256>.<ext>``; None where there is no such document."""
    size: int = 0
    media_type: str | None = None
    problem: str | None = None
    """missing, damaged, refused, too-large, unavailable, or how it is malformed."""


class StoredDocuments(Value):
    """The documents of one submission, saved in the store."""

    documents: tuple[InspectedDocument, ...] = ()
    whole: bool = True
    """False where the board has to be asked for the others again."""


class StoreResult(Value):
    """The result of ``store_documents``, without documents that of ``collect``."""

    fresh: bool = False
    """Whether there is a submission to record, or to ask the board about again."""
    more: bool = False
    """Whether more submissions wait behind it."""
    view: int = 1
    """The number under which that submission is saved as a source."""
    repeated: bool = False
    """Whether it was saved as that source before."""
    fetch: bool = False
    """Whether it is a notice only, so that the application has to be fetched."""
    recorded: Recorded | None = None
    """Where the application stands, if it was recorded before."""
    ended: Stage | None = None
    """The stage of an application that has ended: nothing is taken in again."""
    scan: bool = False
    """Whether there is a virus scanner."""
    deliver: bool = False
    """Whether there is an ATS that wants events."""
    lost_source: bool = False
    """Whether the board cannot be asked because its notice is lost or damaged."""
    stored: StoredDocuments = StoredDocuments()
    """What came with that submission; nothing yet where it has to be fetched."""


class FetchInput(Value):
    """The argument of ``fetch_application``; older releases pass the step alone."""

    step: StepInput


class FetchApplicationResult(Value):
    """The result of ``fetch_application``."""

    available: bool = True
    """False where the board refuses for now, or has nothing."""
    whole: bool = True
    """False where the board did not return every part this time."""
    documents: int = 0
    news_at: AwareDatetime | None = None
    """When the board told of what it does not show yet: it may, any moment."""
    stored: StoredDocuments = StoredDocuments()
    """Its documents, which older releases fetch in a step of its own."""


class MatchedPosition(Value):
    """The position that matches, or why none does."""

    reference: str | None = None
    hirer: str | None = None
    title: str | None = None
    matched_by: ReferenceKind | None = None
    triage: str | None = None
    closed_at: AwareDatetime | None = None
    discard: bool = False
    """Whether the settings say that such an application is removed."""


class RecordInput(Value):
    """The argument of ``match_position``, and of the older ``record``."""

    step: StepInput
    stored: StoredDocuments
    matched: MatchedPosition | None = None
    """None before it was looked for, and where the record keeps its position."""
    available: bool = True
    """False where the board has only given notice of the application."""
    whole: bool = True
    """False where the board has to be asked again for parts."""
    scanned: ScanResult | None = None
    """None where there is no scanner."""


class RetireResult(Value):
    """The result of removing the open copy of an archived application."""

    done: bool = True
    """False where it was changed after packing, and has to be packed again."""
    deliver: bool = False
    """Whether there is an ATS to send an event to."""


class ExpiryReport(Value):
    """What became of the archives that were kept long enough."""

    ended: int = 0
    """Removed."""
    held: int = 0
    """Old enough, and retained by a hold."""
    left: int = 0
    """Damaged, so that it is unknown whose they are."""


class ImportedPositions(Value):
    """The result of an import of positions, as counts."""

    positions: int = 0
    """Number of positions in the feed."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    mended: int = 0
    """Jobs that were malformed, and read all the same."""
    skipped: int = 0
    """Jobs that could not be read."""
    removals_waiting: int = 0
    """Removals that wait until three feeds agree, or for --force."""


class AuditResult(Value):
    """The result of an audit: counts by kind, and no ids."""

    fine: bool = True
    findings: dict[str, int] = Field(default_factory=dict)


class SweepInput(Value):
    """The argument of ``InboxSweep``."""

    older_than_seconds: float


class SweepResult(Value):
    """The result of a sweep, as counts of inbox records."""

    started: int = 0
    left: int = 0
    """Records whose workflow could not be started: the next sweep tries again."""


class WatchInput(Value):
    """The argument of ``ArchiveWatch``."""

    overdue_after: timedelta
    """How long after its archive was due an application is overdue."""
    every: timedelta
    """The time between two runs."""
    unrecorded_after: timedelta = timedelta(days=2)
    """Longer than a board is asked for one application."""


class WatchResult(Value):
    """The result of one run of the watch, as counts."""

    overdue: int = 0
    """Applications that were signalled as overdue."""
    left: int = 0
    """Applications that could not be signalled: their workflow's task fails."""
    unrecorded: int = 0
    """Applications that are open for days, and not recorded."""


class DeliveryOrder(ApplicationEvent):
    """
    One event to be delivered.

    ``delivery_id`` becomes the ``webhook-id``, the same over all retries: the ATS
    tells repeats by it. It is signed between full stops, so it must hold none.
    """

    delivery_id: str = Field(pattern=r"\A[A-Za-z0-9_-]{1,100}\z")


class DeliveryOutcome(StrEnum):
    """How a delivery ended."""

    DELIVERED = "delivered"
    DISABLED = "disabled"
    """The ATS has answered 410 at this address, now or before."""
    OFF = "off"
    """Returned by older releases where they had no ATS; histories hold it."""


class DeliverResult(Value):
    """The result of a delivery."""

    outcome: DeliveryOutcome


class KeepUndeliveredInput(Value):
    """Events that are kept, since no workflow will be there to remember them."""

    application_id: str
    events: tuple[DeliveryOrder, ...]


class FindUndeliveredResult(Value):
    """What was kept of an application."""

    deliver: bool
    """Whether there is an ATS to tell."""
    events: tuple[DeliveryOrder, ...] = ()

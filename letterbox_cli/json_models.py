"""
What commands print with ``--json``; published in ``docs/schemas/commands``.

A list is one object with ``items``; where an application stands has the same fields
everywhere, which are those of the operator API.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from letterbox.audit.kinds import Kind
from letterbox.audit.report import Finding as AuditFinding
from letterbox.catalogue.refused_references import Refused
from letterbox.checks import CheckResult
from letterbox.domain.application import Application, Hold, Tombstone
from letterbox.domain.listing import ApplicationStatus, Item
from letterbox.domain.positions import Position
from letterbox.domain.standing import CandidateStatus, Reporting
from letterbox.records.erasure_preview import ErasurePreview


class ListedApplications(BaseModel):
    """Some of the applications, and where the others are."""

    model_config = ConfigDict(title="Applications")

    items: tuple[Item, ...]
    next: str | None = Field(
        description="For `--cursor`, with the same filters; null at the end."
    )
    total: int | None = Field(
        description="How many there are by these filters; null where they are more than"
        " a thousand, and for those of one candidate."
    )


class ShownApplication(ApplicationStatus):
    """All that is known of an application; ``record`` is that of the operator API."""

    hold: Hold | None = Field(None, description="Why it must not be deleted.")
    archive: str | None = Field(None, description="Its archive in the store.")
    tombstone: Tombstone | None = Field(None, description="When and why it was erased.")
    record: Application | None = Field(
        None, description="Null where it is not written yet, or erased."
    )


class ExportedCandidate(BaseModel):
    """What was written of a person."""

    file: str
    size: int = Field(description="Bytes.")
    applications: tuple[str, ...] = Field(description="Ids of those that are in it.")
    unreadable: int = Field(
        description="Applications in the inbox that cannot be read: see the audit."
    )


class HeldApplication(ApplicationStatus):
    """Where an application stands, after a hold was placed or released."""

    released: bool | None = Field(
        None, description="With `--release`, whether there was a hold; else null."
    )


class ReleasedHold(BaseModel):
    """The hold of an application that is itself not there any more."""

    id: str
    released: bool = True


class Erased(BaseModel):
    """What became of one application."""

    id: str
    stage: str | None = Field(None, description="`erased`, where it was done.")
    refused: str | None = Field(None, description="The rule that keeps it.")
    failed: str | None = Field(None, description="What hindered it: try again.")


class Erasures(BaseModel):
    """What became of each application."""

    items: tuple[Erased, ...]


class ErasurePreviews(BaseModel):
    """What ``erase --dry-run`` would remove."""

    items: tuple[ErasurePreview, ...]


class SelectedApplications(BaseModel):
    """Those that ``deliver --dry-run`` would tell the ATS of."""

    items: tuple[Item, ...]


class NotAsked(BaseModel):
    """An application that did not tell the ATS, and why."""

    id: str
    failed: str


class BulkDelivery(BaseModel):
    """What became of ``deliver`` with filters; ``items`` are those that failed."""

    items: tuple[NotAsked, ...]
    asked: int = Field(description="How many tell the ATS.")
    selected: int = Field(description="How many there are by these filters.")
    last: str | None = Field(
        description="For `--after`, where it was stopped; null where none was asked."
    )


class TestEvent(BaseModel):
    """What the ATS answers to ``deliver --test``."""

    webhook_id: str
    status: int
    taken: bool = Field(description="Whether it is a 2xx.")
    milliseconds: int


class Applied(BaseModel):
    """What became of one line of a list that was applied."""

    id: str
    outcome: str | None = None
    refused: str | None = Field(None, description="The rule that keeps it.")
    failed: str | None = Field(None, description="What hindered it: try again.")


class AppliedLines(BaseModel):
    """What became of each line."""

    items: tuple[Applied, ...]


class Restored(BaseModel):
    """An archive that was verified and unpacked."""

    id: str
    folder: str
    size: int = Field(description="Bytes.")
    files: int


class Checks(BaseModel):
    """What ``doctor`` has looked at."""

    items: tuple[CheckResult, ...]
    fine: bool = Field(description="Whether nothing is wrong.")


class Step(BaseModel):
    """One thing that ``init`` made, found, or could not make."""

    what: str
    done: bool
    note: bool = Field(description="Whether it was not made, which harms nothing.")
    words: str


class Steps(BaseModel):
    """What ``init`` did."""

    items: tuple[Step, ...]
    fine: bool = Field(description="Whether all of it was done.")


class ExplainedFinding(AuditFinding):
    """One thing that an audit found, what it means, and what to do about it."""

    meaning: str
    what_to_do: str


class AuditReport(BaseModel):
    """All that an audit found."""

    items: tuple[ExplainedFinding, ...]
    fine: bool = Field(description="Whether nothing is wrong any more.")
    counts: dict[Kind, int] = Field(description="Of each kind, repaired or not.")
    fast: bool
    applications: int
    objects: int
    open_workflows: int
    journal_entries: int = Field(
        description="How many were proved: with `--fast`, by their names."
    )


class ForeignObject(BaseModel):
    """An object that Letterbox did not put into the store."""

    key: str
    size: int = Field(description="Bytes.")
    modified: datetime


class ForeignObjects(BaseModel):
    """What ``audit --foreign`` lists."""

    items: tuple[ForeignObject, ...]


class Positions(BaseModel):
    """The catalogue."""

    items: tuple[Position, ...]


class RefusedReferences(BaseModel):
    """References that boards asked for in vain, the latest first."""

    items: tuple[Refused, ...]


class Posted(BaseModel):
    """What our API answered to a posted application."""

    application: str
    code: int
    answer: JsonValue


class NotedStatus(BaseModel):
    """Where a candidate stands, and what becomes of it at the board."""

    id: str
    change: str = Field(description="Id of the change, for sending it again.")
    status: CandidateStatus
    reporting: Reporting


class Emitted(BaseModel):
    """An application at the sandbox, and what became of its webhook."""

    application: str
    event_id: str
    application_profile_id: str
    delivery: str


class EmittedEvents(BaseModel):
    """What the sandbox was asked for."""

    items: tuple[Emitted, ...]

"""Updates of a recorded application, and the steps that carry them out."""

from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from letterbox.domain.application import Flag, Stage
from letterbox.domain.messages import ScanResult
from letterbox.domain.standing import CandidateStatus, ChangeId, Reporting
from letterbox.domain.status import Recorded, Value

By = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
"""Who asked: a person or a program of the operator's, never the candidate."""


RequestId = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9._-]*$")]
"""Of the request that asked: leads from the log of the API to that of the worker."""


class NoteClosingInput(Value):
    """The argument of the step that notes the close of a board's ad."""

    application_id: str
    closed_at: AwareDatetime
    now: AwareDatetime | None = None
    """By Temporal's clock: a close in the future has not happened."""


class Assignment(Value):
    """The argument of ``assign_position``: a person's choice."""

    reference: str = Field(min_length=1, max_length=1000)
    hirer: str | None = None
    """Needed where positions of several hirers go by the reference."""
    reason: str = Field("", max_length=500)
    """Kept in Temporal: it must not name the candidate."""
    by: By = ""
    request_id: RequestId = ""


class HoldRequest(Value):
    """The argument of ``hold``: place a legal hold, or release it."""

    reason: str = Field("", max_length=500)
    """Kept in Temporal: it must not name the candidate."""
    until: AwareDatetime | None = None
    """None holds until released."""
    release: bool = False
    by: By = ""
    request_id: RequestId = ""


class EraseRequest(Value):
    """The argument of ``erase``."""

    reason: str = Field(min_length=1, max_length=500)
    """Kept in Temporal and in the tombstone: it must not name the candidate."""
    by: By = "operator"
    request_id: RequestId = ""


class ReleaseRequest(Value):
    """The argument of ``release``: a document that is no threat."""

    name: str = Field(pattern=r"^[0-9a-f]{64}\.[a-z0-9]{1,20}$")
    """``<sha256>.<ext>``, as in the record."""
    reason: str = Field(min_length=1, max_length=500)
    """Kept in Temporal and in the record: it must not name the candidate."""
    by: str = Field("", max_length=100)
    request_id: RequestId = ""


class StatusReport(Value):
    """The argument of ``report_status``: where a candidate stands with the hirer."""

    id: ChangeId
    status: CandidateStatus
    changed_at: AwareDatetime
    by: By = ""
    request_id: RequestId = ""


class NoteStatusInput(Value):
    """The argument of the step that notes a status in the record."""

    application_id: str
    given: StatusReport


class NoteStatusResult(Value):
    """The result of that step, and of the update that asks for it."""

    recorded: Recorded
    reporting: Reporting = Reporting.UNSUPPORTED


class SendStatusInput(Value):
    """The argument of the steps that tell the board of a status, and note it."""

    application_id: str
    change_id: str


class SendStatusResult(Value):
    """The result of telling the board; None where nothing is owed any more."""

    reporting: Reporting | None = None


class NoteReportingInput(SendStatusInput):
    """The argument of the step that notes what has become of a change."""

    reporting: Reporting


class AssignInput(Value):
    """The argument of the step that assigns a position."""

    application_id: str
    given: Assignment
    delivery_id: str = ""
    """The id of the event for the ATS; empty, the step makes one."""


class PlaceHoldInput(Value):
    """The argument of the step that places a hold, or releases it."""

    application_id: str
    given: HoldRequest
    was_recorded: bool = False
    """Whether there has been a record: an application can be held without it."""


class PlaceHoldResult(Value):
    """The result of placing a hold, or of releasing it."""

    is_held: bool
    was_held: bool | None = None
    """Whether there was a hold before; older releases do not tell."""
    until: AwareDatetime | None = None
    ended: Stage | None = None
    """The stage of an application that has ended, and has no record."""


class ApplicationInput(Value):
    """Base of arguments that older releases passed as the id alone."""

    application_id: str

    @model_validator(mode="before")
    @classmethod
    def _from_id(cls, args: object) -> object:
        return {"application_id": args} if isinstance(args, str) else args


class EndHoldInput(ApplicationInput):
    """The argument of the step that ends a hold whose time is up."""

    now: AwareDatetime | None = None
    """By Temporal's clock: a worker's may be behind."""


class NoteHoldInput(Value):
    """The argument of the step that copies a hold's own object into the record."""

    application_id: str
    by: str = ""
    """Who released it; who placed it is in the object."""
    reason: str | None = None
    """Why it was released; older runs do not pass it on."""


class NoteFlagInput(Value):
    """The argument of the step that adds a flag to the record."""

    application_id: str
    flag: Flag


class NoteDeliveredInput(ApplicationInput):
    """The argument of the step that removes an event from what is owed."""

    delivery_id: str = ""
    is_delivered: bool = True
    """False where the ATS wants no more events."""


class OweAgainInput(Value):
    """The argument of the step that prepares an event to be sent once more."""

    application_id: str
    delivery_id: str


class OweAgainResult(Value):
    """The result of that step: the status to send, if there is an ATS."""

    deliver: bool
    recorded: Recorded | None = None
    """None where there is no record that could be read."""


class EraseInput(Value):
    """The argument of the step that erases."""

    application_id: str
    given: EraseRequest


class EraseResult(Value):
    """The result of the step that erases."""

    deliver: bool = False
    """Whether there is an ATS to send an event to."""


class ReleaseInput(Value):
    """The argument of the step that releases a document."""

    application_id: str
    given: ReleaseRequest


class NoteScanInput(Value):
    """The argument of the step that notes the result of a later scan."""

    application_id: str
    scanned: ScanResult


class Carried(Value):
    """What a run that continues as new hands over; the rest is in the store."""

    closed_at: AwareDatetime | None = None
    refresh: bool = False
    note_hold: bool = False
    is_overdue: bool = False

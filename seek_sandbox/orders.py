"""What the control API takes and answers: what the sandbox is told to do."""

from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

APPLICATION_CREATED = "CandidateApplicationCreated"
# The open one of Letterbox's sample positions.
SAMPLE_REFERENCE = "20240107-123456-7890"
MAX_APPLICATIONS = 100_000
MAX_WAIT = 600

Delivery = Literal["accepted", "refused", "pending", "off"]
"""``refused``: attempts are used up. ``off``: in the events stream only."""


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ad(_Order):
    """The job ad applied to: made when first named, then the same one."""

    reference: str | None = SAMPLE_REFERENCE
    """``seekHirerJobReference``."""
    created_by_self: bool | None = False
    hirer_id: str | None = None
    """The first hirer where not given."""


class ApplicationOrder(_Order):
    """Invent applications and emit a CandidateApplicationCreated for each."""

    count: int = Field(1, ge=1, le=MAX_APPLICATIONS)
    ad: Ad = Ad()
    person: int | None = Field(None, ge=0)
    """Who applies, each time; somebody new where not given."""
    attachments: list[str | None] | None = None
    """``seekRoleCode`` of each, null for an additional document."""
    questionnaire: bool | None = None
    created_at: AwareDatetime | None = None
    event_id: str | None = None
    profile_id: str | None = None
    candidate_id: str | None = None
    deliver: bool = True
    """False: in the events stream only."""
    per_request: int | None = Field(None, ge=1, le=10)
    wait: float = Field(0, ge=0, le=MAX_WAIT)
    """Seconds to wait for the outcome of the delivery."""

    @model_validator(mode="after")
    def _ids_are_of_one(self) -> Self:
        if self.count > 1 and (self.event_id or self.profile_id):
            raise ValueError("event_id and profile_id go with a count of 1")
        return self


class EventOrder(_Order):
    """Emit any other event, known to the schema or not."""

    type: str
    position_profile_id: str | None = None
    hirer_id: str | None = None
    relationships: list[str] | None = None
    """What the hirer's ``relationshipTypeCodes`` are from now on."""
    details: dict[str, str] = {}
    """More keys of the webhook's JSON."""
    created_at: AwareDatetime | None = None
    event_id: str | None = None
    deliver: bool = True
    wait: float = Field(0, ge=0, le=MAX_WAIT)

    @model_validator(mode="after")
    def _an_application_is_named(self) -> Self:
        needed = {"candidateApplicationProfileId", "candidateId"}
        if self.type == APPLICATION_CREATED and needed - set(self.details):
            raise ValueError("order applications, or give both ids in the details")
        return self


class ReplayOrder(_Order):
    """Deliver events again, whatever became of the first time."""

    event_ids: list[str] = Field(min_length=1, max_length=100)
    wait: float = Field(0, ge=0, le=MAX_WAIT)


class Change(_Order):
    """Change the running sandbox; what is not given stays."""

    webhook_url: str | None = None
    token_lifetime: float | None = Field(None, gt=0)


class Emitted(BaseModel):
    """An event, and what became of its delivery so far."""

    event_id: str
    type: str
    application_profile_id: str | None = None
    candidate_id: str | None = None
    position_profile_id: str | None = None
    hirer_id: str | None = None
    delivery: Delivery


class PositionSeen(BaseModel):
    """An ad that the sandbox has."""

    profile_id: str
    opening_id: str
    hirer_id: str
    reference: str | None
    created_by_self: bool | None


class DeliverySeen(BaseModel):
    """One webhook request that was made."""

    request_id: str
    created_at: AwareDatetime
    attempt: int
    status: int
    code: str
    latency_ms: int | None
    event_ids: list[str]


class SignalSeen(BaseModel):
    """One selection signal that came in."""

    type: str
    application_profile_id: str | None
    label: str
    index: int
    total: int
    success: bool | None
    previous: str | None
    """The label of the state before."""
    timestamp: AwareDatetime

    @classmethod
    def of(cls, signal: dict[str, Any]) -> Self:
        """Read a ``SendSignalInput``."""
        current, previous = signal["current"], signal.get("previous")
        return cls(
            type=signal["typeCode"],
            application_profile_id=signal.get("candidateApplicationProfileId"),
            **current["status"],
            success=current.get("success"),
            previous=previous and previous["status"]["label"],
            timestamp=current["timestamp"],
        )


class LaidOut(BaseModel):
    """Where a document of another board lies."""

    url: str


class StatusSeen(BaseModel):
    """One status that another board was told."""

    board: str
    authorization: str
    said: dict[str, Any]


class CallSeen(BaseModel):
    """One call that somebody made."""

    created_at: AwareDatetime
    operation: str
    """Root fields of the query, or ``token``, or ``attachment``."""
    method: str
    path: str
    user_agent: str | None
    request_id: str | None
    status: int


class CallLog(BaseModel):
    """How often each operation was called, and the last calls."""

    counts: dict[str, int]
    calls: list[CallSeen]
    open: int = 0
    """How many are not answered yet; whoever called may be gone."""

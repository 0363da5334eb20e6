"""What changes a recorded application, as a person or an event asks for it."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from letterbox.domain.application import Flag, Stage
from letterbox.domain.messages import Scanned
from letterbox.domain.status import Recorded, Value

By = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
"""Who asked: a person or a program of the operator's, never the candidate."""


class Closing(Value):
    """News that a board's ad was closed."""

    application_id: str
    closed_at: AwareDatetime
    now: AwareDatetime | None = None
    """By Temporal's clock: a close that is only planned has not happened."""


class Assignment(Value):
    """The argument of ``assign_position``: a person's choice."""

    reference: str = Field(min_length=1, max_length=1000)
    hirer: str | None = None
    """Needed where positions of several hirers go by the reference."""
    reason: str = Field("", max_length=500)
    """Kept in Temporal: it must not name the candidate."""
    by: By = ""


class Holding(Value):
    """The argument of ``hold``: place a legal hold, or release it."""

    reason: str = Field("", max_length=500)
    """As above."""
    until: AwareDatetime | None = None
    """None is until released."""
    release: bool = False
    by: By = ""


class Erasure(Value):
    """The argument of ``erase``."""

    reason: str = Field(min_length=1, max_length=500)
    """Kept in Temporal and in the tombstone: it must not name the candidate."""
    by: By = "operator"


class Release(Value):
    """The argument of ``release``: a document that is no threat."""

    name: str = Field(pattern=r"^[0-9a-f]{64}\.[a-z0-9]{1,20}$")
    """``<sha256>.<ext>``, as in the record."""
    reason: str = Field(min_length=1, max_length=500)
    """Kept in Temporal and in the record: it must not name the candidate."""
    by: str = Field("", max_length=100)


class Assigning(Value):
    """An assignment of one application."""

    application_id: str
    given: Assignment
    delivery_id: str = ""
    """The id of the event that it is; one is made where none is given."""


class PlacingHold(Value):
    """A hold of one application."""

    application_id: str
    given: Holding
    was_recorded: bool = False
    """Whether there has been a record: it can be held though that is lost."""


class Held(Value):
    """What became of a request to hold, or to release."""

    is_held: bool
    until: AwareDatetime | None = None
    ended: Stage | None = None
    """Where the application has ended, and has no record to say so in."""


class OfOne(Value):
    """What concerns one application; older releases gave the id alone."""

    application_id: str

    @model_validator(mode="before")
    @classmethod
    def _from_id(cls, given: object) -> object:
        return {"application_id": given} if isinstance(given, str) else given


class EndingHold(OfOne):
    """The end of a hold, by Temporal's clock: a worker's may be behind."""

    now: AwareDatetime | None = None


class NotingHold(Value):
    """A hold whose record is to say what the hold's own object says."""

    application_id: str
    by: str = ""
    """Who released it; of one that is placed the object knows."""


class Raised(Value):
    """A flag to be raised in the record."""

    application_id: str
    flag: Flag


class EventOver(OfOne):
    """An event that was delivered, or that the ATS wants no more."""

    delivery_id: str = ""
    is_delivered: bool = True


class TellingAgain(Value):
    """A request to tell the ATS once more where an application stands."""

    application_id: str
    delivery_id: str


class ToldAgain(Value):
    """What the ATS is to be told, if there is one."""

    deliver: bool
    recorded: Recorded | None = None
    """None where there is no record that could be read."""


class Erasing(Value):
    """An erasure of one application."""

    application_id: str
    given: Erasure


class Erased(Value):
    """The end of an application that was erased."""

    deliver: bool = False
    """Whether there is an ATS to tell."""


class Releasing(Value):
    """A release of one application's document."""

    application_id: str
    given: Release


class NotedScan(Value):
    """What a later scan found."""

    application_id: str
    scanned: Scanned


class Carried(BaseModel):
    """What a run that goes on as a new one hands over; the rest is in the store."""

    model_config = ConfigDict(frozen=True)

    closed_at: AwareDatetime | None = None
    refresh: bool = False
    note_hold: bool = False
    is_overdue: bool = False

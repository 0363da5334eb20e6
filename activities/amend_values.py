"""What changes a recorded application, as a person or an event asks for it."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from activities.scan_values import Scanned
from activities.value import Value

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


class PlacingHold(Value):
    """A hold of one application."""

    application_id: str
    given: Holding


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

"""Bodies of the operator API."""

from typing import Annotated

from pydantic import BaseModel, Field

from letterbox.domain.application import Stage
from letterbox.domain.listing import ID, Moment, StrictModel
from letterbox.domain.standing import CandidateStatus, ChangeId, Reporting

Reason = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r"\S",
        examples=["case 4711"],
        description=(
            "Kept in Temporal, where no candidate may be named: give a case number."
        ),
    ),
]

Limit = Annotated[
    int, Field(ge=1, le=200, description="Number of items per page, at most.")
]
Cursor = Annotated[
    str | None,
    Field(
        max_length=4000,
        description="`next` of the previous page; use the same filters.",
    ),
]
Next = Annotated[
    str | None, Field(description="The cursor of the next page; null on the last one.")
]


class Received(BaseModel):
    """An application that was accepted and is not recorded yet."""

    id: str = Field(examples=[ID])
    stage: Stage = Stage.RECEIVED


class ChosenPosition(StrictModel):
    """The position that a person has chosen."""

    reference: str = Field(max_length=1000, pattern=r"\S", examples=["DEV-17"])
    hirer: str | None = Field(
        None, max_length=1000, description="Where several hirers have such a position."
    )
    reason: Reason | None = None


class Holding(StrictModel):
    """Why nothing of an application may be deleted, and until when."""

    reason: Reason
    until: Moment | None = Field(None, description="Null is until released.")


class Vouching(StrictModel):
    """Why a document is no threat, though the virus scanner says so."""

    reason: Reason


class Erasure(StrictModel):
    """Why an application is removed."""

    reason: Reason | None = None


class Standing(StrictModel):
    """Where the candidate stands in the hirer's procedure."""

    status: CandidateStatus
    id: ChangeId | None = Field(
        None,
        description=(
            "Of this change: sent again with the same id, it is noted once. By default "
            "the id of the request (`X-Request-Id`)."
        ),
        examples=["4711-interviewed"],
    )
    changed_at: Moment | None = Field(
        None,
        description="When it changed: changes are kept in this order. Now, if null.",
    )


class Reported(BaseModel):
    """A status as it was noted, and what becomes of it at the board."""

    id: str = Field(examples=[ID])
    change: ChangeId = Field(description="The id of the change.")
    status: CandidateStatus
    reporting: Reporting = Field(
        description=(
            "`owed`: the board is told as soon as it can be; `sent`; `refused`: it "
            "will never take it; `superseded`: a later change was known; "
            "`unsupported`: it takes none, and the record alone has it."
        )
    )

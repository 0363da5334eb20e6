"""Lists of applications: filters, and what is shown of each."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from letterbox.domain.application import Application, Flag, Stage
from letterbox.domain.retention import LAST_YEAR
from letterbox.domain.status import BriefStatus, Status, brief_fields, triage_fields

ID = "careerjet:12345678-aaaa-bbbb-cccc-123456789abc"


def _reject_numbers(value: object) -> object:
    """Refuse numbers, which could be seconds of anything."""
    if isinstance(value, str) and "T" not in value.upper():
        raise ValueError("must be a date and time, such as 2026-03-01T12:00:00Z")
    if isinstance(value, int | float):
        raise ValueError("must be text")  # noqa: TRY004 pydantic wants ValueError
    return value


def _reject_far_future(moment: datetime) -> datetime:
    if moment.year > LAST_YEAR:
        raise ValueError("is too far in the future")
    return moment


Moment = Annotated[
    AwareDatetime, BeforeValidator(_reject_numbers), AfterValidator(_reject_far_future)
]


class StrictModel(BaseModel):
    """Base of what is sent to us: a misspelt key must not be passed over."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Filter(StrictModel):
    """Which applications are listed; without any, all."""

    stage: Stage | None = None
    board: str | None = Field(None, max_length=100, examples=["careerjet"])
    position: str | None = Field(
        None, max_length=1000, description="Its reference, as in the catalogue."
    )
    hirer: str | None = Field(
        None, max_length=1000, description="The hirer of the position."
    )
    flag: Flag | None = None
    received_after: Moment | None = Field(
        None, description="At this moment or later, see `received_at`."
    )
    received_before: Moment | None = None

    def matches(self, item: "Item") -> bool:
        """Return whether an application passes every filter."""
        after, before, at = self.received_after, self.received_before, item.received_at
        return (
            self.stage in {None, item.stage}
            and self.board in {None, item.board}
            and self.position in {None, item.position}
            and self.hirer in {None, item.hirer}
            and (self.flag is None or self.flag in item.flags)
            and (after is None or (at is not None and at >= after))
            and (before is None or (at is not None and at < before))
        )


class Item(BriefStatus):
    """An application in a list: nothing of the candidate."""

    id: str = Field(examples=[ID])
    board: str = Field(examples=["careerjet"])
    received_at: datetime | None = Field(
        None,
        description=(
            "When its workflow took it over: within seconds of its receipt; later"
            " after an outage, and where the workflow was started anew. The record"
            " has the exact moment."
        ),
    )
    job_reference: str | None = Field(
        None,
        description=(
            "What the board calls the position, where none is matched yet and the"
            " record is written."
        ),
    )
    triage: str | None = Field(
        None,
        description=(
            "Why no position could be matched: `unknown-reference`, `no-reference`,"
            " `ambiguous` or `posted-by-us-without-reference`."
        ),
    )

    @classmethod
    def of(cls, record: Application) -> Self:
        """Return what a list shows of a record."""
        return cls(
            **brief_fields(record),
            **triage_fields(record),
            id=record.id,
            board=record.source.board,
            received_at=record.received_at,
        )


class ApplicationStatus(Item):
    """Where an application stands, after what was asked for."""

    held_until: datetime | None = Field(
        None, description="With the flag `held`, null is until released."
    )

    @classmethod
    def after(
        cls, application_id: str, status: Status, record: Application | None
    ) -> Self:
        """Return a workflow's status, with what only the record knows."""
        known = Item.of(record).model_dump() if record else {}
        fields = {
            "id": application_id,
            "board": application_id.partition(":")[0],
            **known,
            **status.model_dump(),
        }
        if status.position:
            fields["job_reference"] = None
        return cls.model_validate(fields)

"""Lists of applications: which are wanted, and what is told of each."""

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

ID = "careerjet:12345678-aaaa-bbbb-cccc-123456789abc"


def _spelt_out(given: object) -> object:
    """Refuse numbers, which could be seconds of anything."""
    if isinstance(given, str) and "T" not in given.upper():
        raise ValueError("must be a date and a time, as 2026-03-01T12:00:00Z")
    if isinstance(given, int | float):
        raise ValueError("must be a text")  # noqa: TRY004 pydantic wants ValueError
    return given


def _reckonable(moment: datetime) -> datetime:
    if moment.year > LAST_YEAR:
        raise ValueError("is too far in the future")
    return moment


Moment = Annotated[
    AwareDatetime, BeforeValidator(_spelt_out), AfterValidator(_reckonable)
]


class StrictModel(BaseModel):
    """Base of what is sent: a key that is misspelt must not be passed over."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Filter(StrictModel):
    """Which applications are listed; without any, all."""

    stage: Stage | None = None
    board: str | None = Field(None, max_length=100, examples=["careerjet"])
    position: str | None = Field(
        None, max_length=1000, description="Its reference, as in the catalogue."
    )
    flag: Flag | None = None
    received_after: Moment | None = Field(
        None, description="At this moment or later, see `received_at`."
    )
    received_before: Moment | None = None

    def takes(self, item: "Item") -> bool:
        """Tell whether an application is wanted."""
        after, before, at = self.received_after, self.received_before, item.received_at
        return (
            self.stage in {None, item.stage}
            and self.board in {None, item.board}
            and self.position in {None, item.position}
            and (self.flag is None or self.flag in item.flags)
            and (after is None or (at is not None and at >= after))
            and (before is None or (at is not None and at < before))
        )


class Item(BaseModel):
    """An application in a list: nothing of the candidate."""

    id: str = Field(examples=[ID])
    stage: Stage
    board: str = Field(examples=["careerjet"])
    position: str | None = Field(None, description="The reference; null in triage.")
    hirer: str | None = None
    flags: tuple[Flag, ...] = ()
    archive_by: datetime | None = Field(None, description="When archiving is due.")
    received_at: datetime | None = Field(
        None,
        description=(
            "When its workflow took it over: within seconds of its receipt; later"
            " after an outage, and where the workflow was started anew. The record"
            " has the exact moment."
        ),
    )

    @classmethod
    def of(cls, record: Application) -> Self:
        """Tell of a record what a list shows."""
        return cls(
            id=record.id,
            stage=record.stage,
            board=record.source.board,
            position=record.position.reference,
            hirer=record.position.hirer or record.source.hirer,
            flags=record.flags,
            archive_by=record.archive_by,
            received_at=record.received_at,
        )

"""Lists of applications: which are wanted, and what is told of each."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from api.operator.models import ID, Moment, StrictModel
from domain.application import Application, Flag, Stage


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


class Listing(Filter):
    """Which part of which list is asked for."""

    limit: int = Field(50, ge=1, le=200, description="At most so many at once.")
    cursor: str | None = Field(
        None,
        max_length=4000,
        description="`next` of the page before, with the same filters.",
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


class Page(BaseModel):
    """A part of a list; it may hold fewer than asked for, even none, before the end."""

    items: list[Item]
    next: str | None = Field(description="The cursor of what follows; null at the end.")

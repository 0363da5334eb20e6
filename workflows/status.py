"""Where an application stands: the answer of the ``status`` query."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.values import Recorded
    from domain.application import Flag, Stage


class Status(BaseModel):
    """The answer of the ``status`` query."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    flags: tuple[Flag, ...] = ()
    position: str | None = None
    hirer: str | None = None
    posting: str | None = None
    triage: str | None = None
    archive_by: AwareDatetime | None = None
    overdue_at: AwareDatetime | None = None
    held_until: AwareDatetime | None = None
    unscanned: tuple[str, ...] = ()

    @classmethod
    def of(cls, recorded: Recorded) -> Self:
        """Take over what was recorded."""
        return cls.model_validate(recorded.model_dump())


class Carried(BaseModel):
    """What a run that goes on as a new one hands over; the rest is in the store."""

    model_config = ConfigDict(frozen=True)

    closed_at: AwareDatetime | None = None
    refresh: bool = False
    note_hold: bool = False
    is_overdue: bool = False

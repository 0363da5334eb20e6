"""Where an application stands: one set of fields for workflow, steps, API and ATS."""

from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from letterbox.domain.application import Application, EventType, Flag, Stage
from letterbox.domain.positions import ReferenceKind
from letterbox.domain.standing import owed_changes


class Value(BaseModel):
    """
    Base of what travels through Temporal: ids, names, counts and codes of nobody.

    Histories live for 180 days: fields are only ever added, with defaults.
    """

    # Built when it is used first: a process uses a few of them, and imports all.
    model_config = ConfigDict(frozen=True, defer_build=True)


class BriefStatus(Value):
    """What lists, events and every longer status have in common."""

    stage: Stage
    flags: tuple[Flag, ...] = ()
    position: str | None = Field(None, description="The reference; null in triage.")
    hirer: str | None = None
    archive_by: AwareDatetime | None = Field(None, description="When archiving is due.")


class Status(BriefStatus):
    """The answer of the ``status`` query, and of every update."""

    posting: str | None = None
    triage: str | None = None
    overdue_at: AwareDatetime | None = None
    """Half the margin before the board forgets the application."""
    held_until: AwareDatetime | None = None
    unscanned: tuple[str, ...] = ()
    """Documents that wait for the virus scanner to come back."""


class OwedEvent(Value):
    """An event that the ATS has not been told of yet."""

    type: EventType
    delivery_id: str
    happened_at: AwareDatetime


class Recorded(Status):
    """The answer of a step that read or wrote the record."""

    matched_by: ReferenceKind | None = None
    """How its position was found."""
    deliver: bool | None = None
    """Whether there is an ATS; None where it was not asked, as by older releases."""
    owed: tuple[OwedEvent, ...] = ()
    """What the ATS is to be told of; nothing where there is none."""
    owed_to_board: tuple[str, ...] = ()
    """Ids of the status changes that the board is to be told of."""

    @classmethod
    def of(cls, record: Application, *, deliver: bool | None = None) -> Self:
        """Return what Temporal may know of a record."""
        margin = record.window_end - record.archive_by
        return cls(
            **brief_fields(record),
            posting=record.source.posting,
            triage=record.position.triage,
            matched_by=record.position.matched_by,
            overdue_at=record.archive_by + margin / 2,
            held_until=record.hold.until if record.hold else None,
            unscanned=_unscanned(record),
            deliver=deliver,
            owed=tuple(
                OwedEvent.model_validate(event.model_dump())
                for event in (record.owed if deliver else ())
            ),
            owed_to_board=tuple(
                change.id for change in owed_changes(record.status_changes)
            ),
        )

    @property
    def status(self) -> Status:
        """The part that the ``status`` query answers."""
        return Status.model_validate(self.model_dump())


def brief_fields(record: Application) -> dict[str, Any]:
    """Return the fields of a ``BriefStatus`` as a record has them."""
    return {
        "stage": record.stage,
        "flags": record.flags,
        "position": record.position.reference,
        "hirer": hirer_of(record),
        "archive_by": record.archive_by,
    }


def hirer_of(record: Application) -> str | None:
    """Return whose application it is: the position's hirer, else the board's word."""
    return record.position.hirer or record.source.hirer


def triage_fields(record: Application) -> dict[str, str | None]:
    """Return what a person needs to choose a position; nothing where there is one."""
    position = record.position
    is_matched = position.reference is not None
    return {
        "job_reference": None if is_matched else record.source.job_reference,
        "triage": position.triage,
    }


def _unscanned(record: Application) -> tuple[str, ...]:
    names = (
        attachment.name
        for attachment in record.all_attachments()
        if attachment.name and attachment.scan == "unscanned"
    )
    return tuple(dict.fromkeys(names))

"""
What the hirer's ATS is told: thin events, in the form of Standard Webhooks.

An event says what happened and where to look; nothing of the candidate is in it.
"""

from datetime import UTC, datetime
from typing import Annotated, Self
from urllib.parse import quote

from pydantic import AfterValidator, AwareDatetime

from letterbox.domain.application import Application, EventType, Flag, Stage
from letterbox.domain.status import BriefStatus, Value


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class ApplicationEvent(BriefStatus):
    """What happened to an application, and where it stood then, as far as is known."""

    application_id: str
    type: EventType
    happened_at: AwareDatetime


class PositionRef(Value):
    """The position that an application is for."""

    reference: str
    hirer: str | None = None

    @classmethod
    def of(cls, reference: str | None, hirer: str | None) -> Self | None:
        """None where no position was found."""
        return None if reference is None else cls(reference=reference, hirer=hirer)


class ErasedSummary(Value):
    """All that is told of an application that was erased."""

    id: str
    board: str
    stage: Stage


class ApplicationSummary(ErasedSummary):
    """Where an application stands, and where to read it in the operator API."""

    flags: tuple[Flag, ...]
    position: PositionRef | None
    archive_by: Moment | None
    url: str
    documents: tuple[str, ...] = ()
    """Where those are that can be had."""


class Event(Value):
    """The body of a delivery; ``timestamp`` is when it happened, not when sent."""

    type: EventType
    timestamp: Moment
    data: ApplicationSummary | ErasedSummary


def event_of(happening: ApplicationEvent, record: Application | None) -> Event:
    """
    Tell of what happened, by the record if there is one.

    Archived, there is none, and no documents: then what the happening tells counts.
    """
    data: ApplicationSummary | ErasedSummary
    if happening.type is EventType.ERASED:
        data = _mention(happening)
    elif record is None:
        data = _summary_without_record(happening)
    else:
        data = _summary(happening, record)
    return Event(type=happening.type, timestamp=happening.happened_at, data=data)


def _mention(happening: ApplicationEvent) -> ErasedSummary:
    return ErasedSummary(
        id=happening.application_id, board=_board(happening), stage=happening.stage
    )


def _summary(happening: ApplicationEvent, record: Application) -> ApplicationSummary:
    url = _url(record.id)
    served = (
        f"{url}/documents/{quote(one.name, safe='')}"
        for one in record.attachments
        # What is infected lies in quarantine; what came with another delivery under
        # the same id may be of anyone.
        if one.name
        and one.view is None
        and one.problem != "missing"
        and one.scan != "infected"
    )
    # The hirer as in the search attribute: a position may belong to every hirer.
    hirer = record.position.hirer or record.source.hirer
    return ApplicationSummary(
        id=record.id,
        board=record.source.board,
        stage=happening.stage,
        flags=record.flags,
        position=PositionRef.of(record.position.reference, hirer),
        archive_by=record.archive_by,
        url=url,
        # One file may have come in two roles.
        documents=tuple(dict.fromkeys(served)),
    )


def _summary_without_record(happening: ApplicationEvent) -> ApplicationSummary:
    return ApplicationSummary(
        id=happening.application_id,
        board=_board(happening),
        stage=happening.stage,
        flags=happening.flags,
        position=PositionRef.of(happening.position, happening.hirer),
        archive_by=happening.archive_by,
        url=_url(happening.application_id),
    )


def _url(application_id: str) -> str:
    """Percent-encode all of an id: it is the board's, and may hold slashes."""
    return f"/applications/{quote(application_id, safe='')}"


def _board(happening: ApplicationEvent) -> str:
    return happening.application_id.partition(":")[0]

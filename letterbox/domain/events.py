"""
Events for the hirer's ATS: thin, in the form of Standard Webhooks.

An event says what happened and where to look; nothing of the candidate is in it.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, AwareDatetime, ConfigDict

from letterbox.domain.application import Application, EventType, Flag, Stage
from letterbox.domain.status import BriefStatus, Value, triage_fields


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class ApplicationEvent(BriefStatus):
    """What happened to an application, and where it stood then, as far as is known."""

    application_id: str
    type: EventType
    happened_at: AwareDatetime


class Undelivered(ApplicationEvent):
    """What the ATS is owed of an application that has no record any more."""

    delivery_id: str


class PositionRef(Value):
    """The position that an application is for."""

    reference: str
    hirer: str | None = None

    @classmethod
    def of(cls, reference: str | None, hirer: str | None) -> Self | None:
        """Return None where no position was matched."""
        return None if reference is None else cls(reference=reference, hirer=hirer)


class ErasedSummary(Value):
    """All that an event says of an application that was erased."""

    id: str
    board: str
    stage: Stage


class ApplicationSummary(ErasedSummary):
    """Where an application stands, and where to read it in the operator API."""

    flags: tuple[Flag, ...]
    position: PositionRef | None
    job_reference: str | None = None
    """What the board calls the position, where none is matched."""
    triage: str | None = None
    """Why none could be matched."""
    archive_by: Moment | None
    url: str
    documents: tuple[str, ...] = ()
    """The addresses of those that can be downloaded."""


# FastAPI documents these as bodies, and would warn of a model that is built later.
_BUILT_AT_ONCE = ConfigDict(defer_build=False)


class Event(Value):
    """The body of a delivery; ``timestamp`` is when it happened, not when sent."""

    model_config = _BUILT_AT_ONCE

    type: EventType
    timestamp: Moment
    data: ApplicationSummary | ErasedSummary


class Trial(Value):
    """What the data of a test event is: nothing of any application."""

    id: None = None
    message: str = "a test from Letterbox: nothing has happened to any application"


class TrialEvent(Value):
    """The body of a delivery that an operator asked for, to see it arrive."""

    model_config = _BUILT_AT_ONCE

    type: Literal["letterbox.test"] = "letterbox.test"
    timestamp: Moment
    data: Trial = Trial()


def event_of(event: ApplicationEvent, record: Application | None) -> Event:
    """
    Return the body of an event, from the record if there is one.

    An archived application has none, and no documents: then the event itself counts.
    """
    data: ApplicationSummary | ErasedSummary
    if event.type is EventType.ERASED:
        data = ErasedSummary(
            id=event.application_id, board=_board(event), stage=event.stage
        )
    elif record is None:
        data = _summary_without_record(event)
    else:
        data = _summary(event, record)
    return Event(type=event.type, timestamp=event.happened_at, data=data)


def _summary(event: ApplicationEvent, record: Application) -> ApplicationSummary:
    url = _url(record.id)
    downloads = (
        f"{url}/documents/{quote(attachment.name, safe='')}"
        for attachment in record.attachments
        # What is infected lies in quarantine.
        if attachment.name
        and attachment.problem != "missing"
        and attachment.scan != "infected"
    )
    # The hirer as in the search attribute: a position may belong to every hirer.
    hirer = record.position.hirer or record.source.hirer
    return ApplicationSummary(
        id=record.id,
        board=record.source.board,
        stage=event.stage,
        flags=record.flags,
        position=PositionRef.of(record.position.reference, hirer),
        **triage_fields(record),
        archive_by=record.archive_by,
        url=url,
        # One file may have come in two roles.
        documents=tuple(dict.fromkeys(downloads)),
    )


def _summary_without_record(event: ApplicationEvent) -> ApplicationSummary:
    return ApplicationSummary(
        id=event.application_id,
        board=_board(event),
        stage=event.stage,
        flags=event.flags,
        position=PositionRef.of(event.position, event.hirer),
        archive_by=event.archive_by,
        url=_url(event.application_id),
    )


def _url(application_id: str) -> str:
    """Percent-encode all of an id: it is the board's, and may hold slashes."""
    return f"/applications/{quote(application_id, safe='')}"


def _board(event: ApplicationEvent) -> str:
    return event.application_id.partition(":")[0]

"""What the ATS is owed: written in the same write as the change that is an event."""

from collections.abc import Callable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid4, uuid5

import structlog

from letterbox.domain.application import Application, EventType, Owed, Told
from letterbox.domain.status import Recorded, brief_fields

log = structlog.get_logger()

# An installation without an ATS delivers nothing: the newest are enough to catch up.
_MAX = 100
_MAX_TOLD = 50

HasAts = Callable[[], bool]
"""Whether any worker has an ATS to tell; asked when there is something to tell."""


def has_no_ats() -> bool:
    """Return False: no ATS is configured."""
    return False


def owing(
    before: Application | None, record: Application, now: datetime
) -> Application:
    """
    Add the events that a change of the record is.

    A change that was written before is none: a step that runs twice keeps the ids
    that it wrote first.
    """
    types: list[EventType] = []
    if before is None:
        types.append(EventType.RECORDED)
    elif Recorded.of(before) != Recorded.of(record):
        types.append(EventType.UPDATED)
    had_position = before is not None and before.position.reference is not None
    if record.position.reference and not had_position:
        types.append(EventType.MATCHED)
    for type_ in types:
        record = with_event(record, type_, now)
    return record


def with_event(
    record: Application, type_: EventType, now: datetime, delivery_id: str = ""
) -> Application:
    """Add one event, once for each id."""
    if delivery_id in {event.delivery_id for event in record.owed}:
        return record
    event = Owed(
        type=type_,
        delivery_id=delivery_id or str(uuid4()),
        happened_at=now,
        **brief_fields(record),
    )
    if len(record.owed) >= _MAX:
        log.warning(
            "the ATS is owed too much: the oldest event is dropped",
            application=record.id,
            type=record.owed[0].type.value,
        )
    return record.model_copy(update={"owed": (*record.owed, event)[-_MAX:]})


def without_event(record: Application, delivery_id: str, now: datetime) -> Application:
    """Owe an event no longer, and remember when the ATS was told."""
    owed = tuple(event for event in record.owed if event.delivery_id != delivery_id)
    told = tuple(
        Told(type=event.type, happened_at=event.happened_at, told_at=now)
        for event in record.owed
        if event.delivery_id == delivery_id
    )
    told = (*record.told, *told)[-_MAX_TOLD:]
    return record.model_copy(update={"owed": owed, "told": told})


def id_of_the_end(application_id: str, type_: EventType) -> str:
    """Return the one id of the event of an end, after which there is no record."""
    return str(uuid5(NAMESPACE_URL, f"letterbox:{application_id}/{type_}"))

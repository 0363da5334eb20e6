"""
SEEK's events, by webhook or by polling, and what is stored of them.

https://developer.seek.com/events
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from pydantic import JsonValue

from letterbox.boards.fetching import Notices, PostingClosed
from letterbox.boards.node import Node, storable
from letterbox.domain.errors import MalformedError
from letterbox.domain.ids import application_id
from letterbox.domain.submission import Submission

BOARD_NAME = "seek"
CANDIDATE_APPLICATION_CREATED = "CandidateApplicationCreated"
POSITION_PROFILE_CLOSED = "PositionProfileClosed"
HIRER_RELATIONSHIP_CHANGED = "HirerRelationshipChanged"
POSITION_PROFILE_POSTED = "PositionProfilePosted"
POSITION_PROFILE_UPDATED = "PositionProfileUpdated"
HANDLED = (
    CANDIDATE_APPLICATION_CREATED,
    POSITION_PROFILE_CLOSED,
    HIRER_RELATIONSHIP_CHANGED,
    POSITION_PROFILE_POSTED,
    POSITION_PROFILE_UPDATED,
)
"""The types of events that something is done about."""

_MAX_ID = 255
# Control characters and lone surrogates.
_UNFIT = {"Cc", "Cs"}
# Without this id, nothing can be done about the event.
_NEEDED = {
    CANDIDATE_APPLICATION_CREATED: "candidateApplicationProfileId",
    POSITION_PROFILE_CLOSED: "positionProfileId",
}


class Channel(StrEnum):
    """The way in which events came."""

    WEBHOOK = "webhook"
    POLLING = "polling"


@dataclass(frozen=True, slots=True)
class SeekEvent:
    """
    Something that happened at SEEK, of a type that may be unknown to us.

    The ids are fit to be ids; ``payload`` is the whole event in the webhook's shape.
    """

    id: str
    type: str
    payload: dict[str, JsonValue]

    @property
    def created_at(self) -> datetime | None:
        """When the application was accepted, the ad closed, and so on."""
        return Node(self.payload).moment("createDateTime")

    @property
    def candidate_profile_id(self) -> str | None:
        """What to ask SEEK for after ``CandidateApplicationCreated``."""
        return self._fit("candidateApplicationProfileId")

    @property
    def position_profile_id(self) -> str | None:
        """SEEK's id of the ad that was closed, posted or changed."""
        return self._fit("positionProfileId")

    @property
    def hirer_id(self) -> str | None:
        """SEEK's id of the hirer, where the event has it."""
        return self._fit("hirerId")

    def _fit(self, key: str) -> str | None:
        value = self.payload.get(key)
        return value if isinstance(value, str) and is_fit(value) else None


@dataclass(frozen=True, slots=True)
class Events:
    """What one webhook request or one page of polling brought."""

    channel: Channel
    subscription_id: str | None
    events: Sequence[SeekEvent]
    unreadable: int = 0
    """Others beside them, which are not of the agreed shape."""


def read_event(payload: JsonValue) -> SeekEvent:
    """
    Check an event for what nothing works without; the rest is kept as it is.

    Raises MalformedError.
    """
    if not isinstance(payload, dict):
        raise MalformedError("an event is not an object")
    kept = {str(storable(key)): storable(value) for key, value in payload.items()}
    checked = SeekEvent(identifier(payload, "id"), identifier(payload, "type"), kept)
    if needed := _NEEDED.get(checked.type):
        identifier(payload, needed)
    return checked


def identifier(payload: dict[str, JsonValue], key: str) -> str:
    """Read an opaque id. Raises MalformedError where it is absent or not fit."""
    value = payload.get(key)
    if not isinstance(value, str) or not is_fit(value):
        raise MalformedError(f"{key} is missing or not usable as an id")
    return value


def is_fit(value: str) -> bool:
    """
    Return whether a text can go into workflow ids, keys, headers and logs.

    Neither blank nor longer than SEEK's 255 characters, and every one can be kept.
    """
    kinds = map(unicodedata.category, value)
    return bool(value.strip()) and len(value) <= _MAX_ID and _UNFIT.isdisjoint(kinds)


def notices_of(events: Events, now: datetime) -> Notices:
    """Sort events by what is done about them."""
    return Notices(
        submissions=[
            _submission(event, events, now)
            for event in events.events
            if event.type == CANDIDATE_APPLICATION_CREATED
        ],
        closings=_closings(events),
        # Asked for as they are now: neither their order nor a repeat matters.
        hirers=_each_once(
            event.hirer_id
            for event in events.events
            if event.type == HIRER_RELATIONSHIP_CHANGED
        ),
        postings=_each_once(
            event.position_profile_id
            for event in events.events
            if event.type in {POSITION_PROFILE_POSTED, POSITION_PROFILE_UPDATED}
        ),
        others=[event.type for event in events.events if not _is_handled(event)],
        unreadable=events.unreadable,
    )


def _is_handled(event: SeekEvent) -> bool:
    """Return whether something is done about it; news of nobody leads nowhere."""
    if event.type == HIRER_RELATIONSHIP_CHANGED:
        return event.hirer_id is not None
    if event.type in {POSITION_PROFILE_POSTED, POSITION_PROFILE_UPDATED}:
        return event.position_profile_id is not None
    return event.type in HANDLED


def _each_once(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(found for found in ids if found))


def _submission(event: SeekEvent, events: Events, now: datetime) -> Submission:
    return Submission(
        application_id=application_id(BOARD_NAME, event.id),
        board=BOARD_NAME,
        board_id=event.id,
        fingerprint=_fingerprint(event),
        received_at=now,
        said={
            "event": event.payload,
            "subscriptionId": events.subscription_id,
            "channel": events.channel.value,
        },
    )


def _closings(events: Events) -> list[PostingClosed]:
    """Return which ads were closed; one without a moment changes nothing."""
    return [
        PostingClosed(posting=event.position_profile_id, closed_at=event.created_at)
        for event in events.events
        if event.type == POSITION_PROFILE_CLOSED
        and event.position_profile_id
        and event.created_at
    ]


def _fingerprint(event: SeekEvent) -> str:
    """Return what a repeat has too: ids alone, for polling tells other things."""
    digest = sha256()
    for part in (event.id, event.type, event.candidate_profile_id or ""):
        # Lengths keep "ab","c" apart from "a","bc".
        digest.update(b"%d:" % len(part.encode()) + part.encode())
    return digest.hexdigest()

"""What has happened to an application, as its sources tell it, put together."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, computed_field

from letterbox.domain.application import EventType, Stage
from letterbox.domain.standing import CandidateStatus
from letterbox.domain.transitions import Transition

_ONCE = {
    Transition.RECORDED,
    Transition.ARCHIVED,
    Transition.EXPIRED,
    Transition.ERASED,
    Transition.DISCARDED,
}
# Each has an author and a reason of its own, which must not become another's.
_ASKED = {
    Transition.ASSIGNED,
    Transition.HELD,
    Transition.RELEASED,
    Transition.CLEARED,
}
# Between the clock of the store, or of a worker, and that of Temporal.
_SAME = timedelta(minutes=1)
_FIRST = datetime.min.replace(tzinfo=UTC)


class Happening(BaseModel):
    """One thing that has happened; what is not known is null."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime | None
    event: Transition
    by: str | None = Field(None, description="Who asked for it.")
    reason: str | None = Field(None, description="Empty where none was given.")
    position: str | None = Field(None, description="Its reference.")
    view: int | None = Field(None, description="Of what the board said: its number.")
    until: AwareDatetime | None = Field(None, description="When a hold ends.")
    type: EventType | None = Field(None, description="What the ATS was told.")
    status: CandidateStatus | None = Field(None, description="What the board is told.")
    attempts: int | None = None
    request_id: str | None = None

    def is_same(self, other: "Happening") -> bool:
        """Return whether both tell of one thing."""
        if (self.event, self.type, self.status) != (
            other.event,
            other.type,
            other.status,
        ):
            return False
        if self.event in _ASKED and self._contradicts(other):
            return False
        if self.event in _ONCE or self.at is None or other.at is None:
            return True
        return abs(self.at - other.at) <= _SAME

    def _contradicts(self, other: "Happening") -> bool:
        """Return whether another person did it, or for another reason."""
        pairs = (
            (self.by, other.by),
            (self.reason, other.reason),
            (self.until, other.until),
        )
        return any(None not in pair and pair[0] != pair[1] for pair in pairs)

    def is_asked_otherwise(self, other: "Happening") -> bool:
        """Return whether two requests differ: what was repeated is told once."""
        return self.event in _ASKED and (
            (self.by, self.reason, self.until) != (other.by, other.reason, other.until)
        )

    def distance(self, other: "Happening") -> timedelta:
        """Return how far apart two are that may be the same."""
        if self.at is None or other.at is None:
            return timedelta(0)
        return abs(self.at - other.at)

    def completed_by(self, other: "Happening") -> "Happening":
        """Add what the other knows besides."""
        known = self.model_dump(exclude_none=True)
        return self.model_copy(update=other.model_dump(exclude_none=True) | known)


class Waiting(BaseModel):
    """A step that keeps failing, or an event that the ATS has not accepted."""

    model_config = ConfigDict(frozen=True)

    step: str
    type: EventType | None = None
    since: AwareDatetime | None = None
    attempts: int | None = None
    reason: str | None = Field(None, description="Why the last attempt failed.")


class History(BaseModel):
    """What has happened to an application, the first thing first."""

    model_config = ConfigDict(frozen=True)

    id: str
    stage: Stage
    archive_by: AwareDatetime | None = None
    items: tuple[Happening, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    notes: tuple[str, ...] = Field((), description="What could not be looked up.")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def board(self) -> str:
        """Where it came from."""
        return self.id.partition(":")[0]


def combined(stored: History | None, seen: History | None) -> History | None:
    """
    Put together what the store and Temporal know; the store's word counts.

    Temporal forgets, and of what the store does not date it knows the time.
    """
    if stored is None or seen is None:
        return stored or seen
    update = {
        "items": in_order(_merged(stored.items, seen.items)),
        "waiting": _waiting(stored.waiting, seen.waiting),
        "notes": (*stored.notes, *seen.notes),
    }
    return stored.model_copy(update=update)


def _merged(stored: Sequence[Happening], seen: Sequence[Happening]) -> list[Happening]:
    """Complete what the store knows, each by one thing that Temporal has seen."""
    items, completed = list(stored), set[int]()
    is_received = any(item.event is Transition.RECEIVED for item in stored)
    # A workflow that was started for an erasure alone does not date the receipt.
    is_whole = any(item.event is Transition.RECORDED for item in seen)
    for item in seen:
        same = [
            place
            for place, known in enumerate(items[: len(stored)])
            if known.is_same(item)
            and not (place in completed and known.is_asked_otherwise(item))
        ]
        if same:
            place = min(same, key=lambda place: stored[place].distance(item))
            items[place] = items[place].completed_by(item)
            completed.add(place)
        elif item.event is not Transition.RECEIVED or (is_whole and not is_received):
            items.append(item)
    return items


def in_order(items: Iterable[Happening]) -> tuple[Happening, ...]:
    """Sort by time; what has none keeps its place behind what led to it."""
    latest: datetime | None = None
    dated: list[tuple[datetime, int, Happening]] = []
    for item in items:
        latest = item.at or latest
        dated.append((latest or _FIRST, len(dated), item))
    return tuple(item for *_, item in sorted(dated, key=lambda one: one[:2]))


def _waiting(stored: Iterable[Waiting], seen: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """Add to what is owed how often it was tried."""
    tried = {(one.step, one.type): one for one in seen}
    owed = [
        one.model_copy(update=known.model_dump(exclude_none=True))
        if (known := tried.pop((one.step, one.type), None))
        else one
        for one in stored
    ]
    return (*owed, *tried.values())

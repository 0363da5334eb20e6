"""What has happened to an application, as its sources tell it, put together."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, computed_field

from letterbox.domain.application import EventType, Stage
from letterbox.domain.transitions import Transition

_ONCE = {
    Transition.RECORDED,
    Transition.ARCHIVED,
    Transition.EXPIRED,
    Transition.ERASED,
    Transition.DISCARDED,
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
    reason: str | None = None
    position: str | None = Field(None, description="Its reference.")
    view: int | None = Field(None, description="Of what the board said: its number.")
    until: AwareDatetime | None = Field(None, description="When a hold ends.")
    type: EventType | None = Field(None, description="What the ATS was told.")
    attempts: int | None = None
    request_id: str | None = None

    def is_same(self, other: "Happening") -> bool:
        """Return whether both tell of one thing."""
        if (self.event, self.type) != (other.event, other.type):
            return False
        if self.event in _ONCE or self.at is None or other.at is None:
            return True
        return abs(self.at - other.at) <= _SAME

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
    items = list(stored.items)
    for item in seen.items:
        same = [place for place, known in enumerate(items) if known.is_same(item)]
        if same:
            items[same[0]] = items[same[0]].completed_by(item)
        elif item.event is not Transition.RECEIVED:
            items.append(item)
    update = {
        "items": in_order(items),
        "waiting": _waiting(stored.waiting, seen.waiting),
        "notes": (*stored.notes, *seen.notes),
    }
    return stored.model_copy(update=update)


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

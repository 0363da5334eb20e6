"""A walk over the inbox, application by application, whatever else lies there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import StoredObject

# A store's clock and ours differ by less. What is younger than that was not put yet.
_CLOCKS_DIFFER = timedelta(hours=1)
_OFTEN = 1.25


@dataclass(frozen=True, slots=True)
class WaitingFolder:
    """What lies in the inbox of one application, and is old enough."""

    part: str
    """The application's id, as in keys."""
    objects: tuple[StoredObject, ...]


@dataclass(slots=True)
class InboxFolders:
    """
    Walks a list of the inbox once.

    Where it breaks off, the folders before that come first, and only then the error:
    what is swept must not depend on where the bad entry is.
    """

    listing: Iterable[StoredObject]
    before: datetime
    now: datetime
    strays: int = field(default=0, init=False)
    """Objects that are no inbox record by their keys."""
    is_begun: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[WaitingFolder]:
        """Yield the folders that hold something old enough."""
        part, objects = "", list[StoredObject]()
        broken: Exception | None = None
        try:
            for stored in self.listing:
                self.is_begun = True
                if (new_part := self._part_of(stored)) is None:
                    continue
                if new_part != part and objects:
                    yield WaitingFolder(part, tuple(objects))
                    objects = []
                part = new_part
                objects.append(stored)
        except Exception as error:  # noqa: BLE001 raised below
            broken = error
        if objects:
            yield WaitingFolder(part, tuple(objects))
        if broken:
            raise broken

    def _part_of(self, stored: StoredObject) -> str | None:
        place = placed(stored.key)
        if place is None or place.place is not Place.WAITING:
            self.strays += 1
            return None
        # A time that is still to come is no reason to wait for it.
        is_young = self.before <= stored.modified <= self.now + _CLOCKS_DIFFER
        return None if is_young else place.part


def is_time_to_signal(age: timedelta, every: timedelta) -> bool:
    """
    Return whether a running workflow is to be signalled again of what waits for it.

    At each sweep while it is young, then whenever its age has grown by a quarter. That
    follows from the age alone, so that nothing need be remembered.
    """
    if age < every:
        return True
    last = every
    while last * _OFTEN <= age:
        last *= _OFTEN
    # Sweeps are not on time to the second.
    return age - last < 1.5 * every

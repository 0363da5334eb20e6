"""What an audit knows of one application when it judges. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol

from letterbox.domain.application import Application
from letterbox.domain.key_owners import Place, Placed
from letterbox.domain.ports import StoredObject

Found = tuple[Placed, StoredObject]


@dataclass(frozen=True, slots=True)
class StoredObjects:
    """
    All that lies in the store of one application.

    Two that are equal, seen one after the other, are how it was in between.
    """

    part: str
    """What its id is in a key."""
    record: StoredObject | None = None
    archive: StoredObject | None = None
    tombstone: StoredObject | None = None
    hold: StoredObject | None = None
    waiting: tuple[StoredObject, ...] = ()
    """Inbox records."""
    sources: tuple[StoredObject, ...] = ()
    documents: tuple[StoredObject, ...] = ()
    """Those in quarantine too."""
    markers: tuple[StoredObject, ...] = ()
    """As far as they were looked for."""

    @property
    def copy(self) -> tuple[StoredObject, ...]:
        """The documents and sources of an open application."""
        return (*self.documents, *self.sources)

    @property
    def lacks_record(self) -> bool:
        """Whether nothing in the store stands for what its sources were made of."""
        return not (self.record or self.archive or self.tombstone)

    @property
    def is_kept(self) -> bool:
        """Whether it is waiting, open or archived."""
        return bool(self.record or self.archive or self.waiting)

    def __iter__(self) -> Iterator[StoredObject]:
        singles = (self.record, self.archive, self.tombstone, self.hold)
        several = (self.waiting, self.sources, self.documents, self.markers)
        return chain(filter(None, singles), *several)


def traces_of(part: str, found: Iterable[Found]) -> StoredObjects:
    """Sort the objects of one application."""
    by: defaultdict[Place, list[StoredObject]] = defaultdict(list)
    for placed, stored in found:
        by[placed.place].append(stored)

    def one(place: Place) -> StoredObject | None:
        return by[place][0] if by[place] else None

    return StoredObjects(
        part=part,
        record=one(Place.RECORD),
        archive=one(Place.ARCHIVE),
        tombstone=one(Place.TOMBSTONE),
        hold=one(Place.HOLD),
        waiting=tuple(by[Place.WAITING]),
        sources=tuple(by[Place.SOURCE]),
        documents=tuple(by[Place.DOCUMENT] + by[Place.QUARANTINED]),
        markers=tuple(by[Place.MARKER]),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read of the objects; as much as was to be read."""

    application_id: str | None = None
    """None where the id was too long for its keys and nothing tells it."""
    record: Application | None = None
    archived: Application | None = None
    """The record in the archive."""
    unreadable: frozenset[str] = frozenset()
    """Keys of the record, of inbox records and of sources."""
    damaged: frozenset[str] = frozenset()
    """Keys of documents and of the archive."""
    named: frozenset[str] = frozenset()
    """Documents that the sources name."""
    orphaned: frozenset[str] = frozenset()
    """Keys of sources without a record, and not in the inbox (any more) either."""
    lacks_marker: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """What Temporal knows of an application's latest run."""

    is_open: bool = False
    run_id: str | None = None
    started_at: datetime | None = None
    is_recorded: bool = False
    """It says so, and has not ended as archived, erased or discarded."""
    has_archived: bool = False
    """It has ended, and ended so."""
    archive_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of an application, as of one moment."""

    traces: StoredObjects
    evidence: Evidence = Evidence()
    workflow: Workflow = Workflow()


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as late."""

    now: datetime
    sweeps: timedelta
    """How long what was accepted may wait for its workflow."""
    keep: timedelta | None = None
    """How long archives are kept; None is for ever."""
    has_ats: bool = False
    """Whether anybody is to be told of applications."""


class Workflows(Protocol):
    """What an audit asks of Temporal. Blocking (TemporalUnavailableError)."""

    def open(self) -> Iterator[str]:
        """Name the open applications, as far as Temporal's lists tell by now."""

    def archived(self) -> Iterator[str]:
        """Name those that ended as archived, and that Temporal remembers."""

    def find(self, application_id: str) -> Workflow:
        """Look at the latest run of an application, as it is now."""

    def start(self, application_id: str) -> None:
        """Start an application, or tell it to look into its inbox."""

    def deliver(self, application_id: str) -> None:
        """Have the ATS told once more (LetterboxError where that is refused)."""

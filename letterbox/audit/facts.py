"""
What an audit knows of one application when it judges.

The rules see nothing else, so that they need neither a store nor Temporal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol

from letterbox.domain.application import Application, Attachment
from letterbox.domain.key_owners import Place, Placed
from letterbox.domain.ports import StoredObject

_MAX_CLOCK_SKEW = timedelta(days=1)

PlacedObject = tuple[Placed, StoredObject]


@dataclass(frozen=True, slots=True)
class StoredObjects:
    """
    All that the store holds of one application.

    If two that were listed one after the other are equal, nothing changed in between.
    """

    part: str
    """The segment of its keys that stands for its id."""
    record: StoredObject | None = None
    archive: StoredObject | None = None
    tombstone: StoredObject | None = None
    hold: StoredObject | None = None
    waiting: tuple[StoredObject, ...] = ()
    """Inbox records."""
    sources: tuple[StoredObject, ...] = ()
    documents: tuple[StoredObject, ...] = ()
    """Including those in quarantine."""
    demographics: tuple[StoredObject, ...] = ()
    texts: tuple[StoredObject, ...] = ()
    """Of documents: what is lost is made again when it is read."""
    markers: tuple[StoredObject, ...] = ()
    """Only those that were looked for."""

    @property
    def copy(self) -> tuple[StoredObject, ...]:
        """What an open application has besides its record."""
        return (*self.documents, *self.sources, *self.texts, *self.demographics)

    @property
    def lacks_record(self) -> bool:
        """Whether nothing in the store stands for what its sources were made of."""
        return not (self.record or self.archive or self.tombstone)

    @property
    def is_present(self) -> bool:
        """Whether it is waiting, open or archived."""
        return bool(self.record or self.archive or self.waiting)

    def __iter__(self) -> Iterator[StoredObject]:
        singles = (self.record, self.archive, self.tombstone, self.hold)
        several = (self.waiting, self.sources, self.documents, self.markers)
        return chain(filter(None, singles), *several, self.demographics, self.texts)


def stored_objects_of(
    part: str, placed_objects: Iterable[PlacedObject]
) -> StoredObjects:
    """Sort the objects of one application by where they lie."""
    at: defaultdict[Place, list[StoredObject]] = defaultdict(list)
    for placed, stored in placed_objects:
        at[placed.place].append(stored)

    def single(place: Place) -> StoredObject | None:
        return at[place][0] if at[place] else None

    return StoredObjects(
        part=part,
        record=single(Place.RECORD),
        archive=single(Place.ARCHIVE),
        tombstone=single(Place.TOMBSTONE),
        hold=single(Place.HOLD),
        waiting=tuple(at[Place.WAITING]),
        sources=tuple(at[Place.SOURCE]),
        documents=tuple(at[Place.DOCUMENT] + at[Place.QUARANTINED]),
        demographics=tuple(at[Place.DEMOGRAPHICS]),
        texts=tuple(at[Place.TEXT]),
        markers=tuple(at[Place.MARKER]),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the objects say; a fast audit reads the records and the inbox only."""

    application_id: str | None = None
    """None where the id is too long for a key, and no readable object names it."""
    record: Application | None = None
    archived: Application | None = None
    """The record in the archive."""
    unreadable: frozenset[str] = frozenset()
    """Keys of the record, of inbox records, of sources and of demographic answers."""
    damaged: frozenset[str] = frozenset()
    """Keys of documents and of the archive."""
    named: frozenset[str] = frozenset()
    """Names of the documents that the sources list."""
    kept_apart: frozenset[str] = frozenset()
    """Names of the demographic answers that the sources told."""
    orphaned: frozenset[str] = frozenset()
    """Keys of sources that have no record, and no inbox record either."""
    lacks_marker: bool = False


@dataclass(frozen=True, slots=True)
class WorkflowFacts:
    """What Temporal knows of an application's latest run."""

    is_open: bool = False
    run_id: str | None = None
    started_at: datetime | None = None
    is_recorded: bool = False
    """Its stage says so, and it has not ended as archived, erased or discarded."""
    has_archived: bool = False
    """Whether it has ended as archived."""
    archive_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of an application, as of one moment."""

    objects: StoredObjects
    evidence: Evidence = Evidence()
    workflow: WorkflowFacts = WorkflowFacts()

    @property
    def readable_waiting(self) -> list[StoredObject]:
        """The inbox records that can be read."""
        unreadable = self.evidence.unreadable
        return [
            stored for stored in self.objects.waiting if stored.key not in unreadable
        ]

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """All that the record lists; none where there is no record."""
        record = self.evidence.record
        return tuple(record.all_attachments()) if record else ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as late."""

    now: datetime
    max_wait: timedelta
    """How long what was accepted may wait for its workflow."""
    archive_keep: timedelta | None = None
    """How long archives are kept; None is for ever."""
    has_ats: bool = False
    """Whether events are delivered to an ATS."""

    def any_older(self, objects: Iterable[StoredObject], age: timedelta) -> bool:
        """Return whether any of the objects is older than that."""
        # A time to come is a clock's mistake, and no reason to wait for it.
        latest = self.now + _MAX_CLOCK_SKEW
        return any(
            stored.modified + age < self.now or stored.modified > latest
            for stored in objects
        )


class Workflows(Protocol):
    """What an audit asks of Temporal. Blocking; raises TemporalUnavailableError."""

    def open(self) -> Iterator[str]:
        """List the ids of open applications; the lists may lag behind by a moment."""

    def archived(self) -> Iterator[str]:
        """List the ids that ended as archived, as far as Temporal still knows them."""

    def find(self, application_id: str) -> WorkflowFacts:
        """Describe the latest run of an application, as it is now."""

    def start(self, application_id: str) -> None:
        """Start an application's workflow, or signal it to look into its inbox."""

    def deliver(self, application_id: str) -> None:
        """Ask the workflow to deliver once more; LetterboxError if it refuses."""

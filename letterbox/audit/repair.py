"""
Repairs what an audit has found, for ``letterbox audit --repair``.

Before anything is removed: is it the last copy? Is it held? Does something open need
it? If one of these may be so, the finding is left to a person.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from letterbox.archive.endings import find_tombstone
from letterbox.archive.reader import opened_bag
from letterbox.audit.evidence import EvidenceReader, sha256_of
from letterbox.audit.facts import Facts, Workflows
from letterbox.audit.kinds import Kind
from letterbox.audit.rules import broken_objects
from letterbox.domain import keys
from letterbox.domain.ending_ports import Holds, Removal
from letterbox.domain.errors import LetterboxError
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import Candidates, ObjectStore, StoredObject
from letterbox.domain.submission import Submission
from letterbox.records import inbox
from letterbox.storage.objects import exists

_LACKING = (
    Kind.DOCUMENT_MISSING,
    Kind.DOCUMENT_DAMAGED,
    Kind.SOURCE_MISSING,
    Kind.SOURCE_DAMAGED,
)
_PAYLOAD = "data/"


class Repairs:
    """
    Repairs what can be repaired beside a system that runs.

    Nothing is written into a record: its workflow may write it at the same moment.
    """

    def __init__(  # noqa: PLR0913 what the repairs need
        self,
        store: ObjectStore,
        *,
        reader: EvidenceReader,
        removal: Removal,
        candidates: Candidates,
        holds: Holds,
        workflows: Workflows,
    ) -> None:
        self._store = store
        self._reader = reader
        self._removal = removal
        self._candidates = candidates
        self._holds = holds
        self._workflows = workflows
        self._actions: dict[Kind, Callable[[Facts], bool]] = {
            Kind.ACCEPTED_WITHOUT_WORKFLOW: self._start_accepted,
            Kind.RECORD_WITHOUT_WORKFLOW: self._start,
            Kind.RECORD_LOST: self._take_in_again,
            Kind.ARCHIVED_AND_OPEN: self._start_archived,
            Kind.UNTOLD: self._deliver,
            Kind.LEFTOVERS: self._remove_leftovers,
            Kind.TOMBSTONE_WITH_LEFTOVERS: self._end_erasure,
            Kind.MARKER_MISSING: self._mark,
            Kind.MARKER_ORPHAN: self._remove_markers,
        }

    def repair(self, kind: Kind, facts: Facts) -> bool:
        """Repair what was just found; False if that is not possible, or not now."""
        action = self._actions.get(kind)
        try:
            return action is not None and action(facts)
        except (LetterboxError, FileNotFoundError):
            return False  # FileNotFoundError: it is being worked on.

    def _start(self, facts: Facts) -> bool:
        if facts.evidence.application_id is None:
            return False
        self._workflows.start(facts.evidence.application_id)
        return True

    def _start_accepted(self, facts: Facts) -> bool:
        """
        Start what waits; beside an archive it is a late repeat, and will be removed.

        So will all else that lies beside the archive, which must have it and be whole.
        """
        if facts.objects.archive:
            copy = facts.objects.copy
            if len(self._archived_too(facts.objects.archive, copy)) < len(copy):
                return False
        return self._start(facts)

    def _start_archived(self, facts: Facts) -> bool:
        """Start nothing that might pack less than the archive holds already."""
        whole = Facts(facts.objects, self._reader.read(facts.objects), facts.workflow)
        if any(broken_objects(kind, whole) for kind in _LACKING):
            return False
        return self._start(facts)

    def _take_in_again(self, facts: Facts) -> bool:
        """
        Put what the board sent back into the inbox, and start the application.

        All of it or nothing: a second submission must not become the first for want
        of the one that cannot be read. Of several answers to one notice the first is
        put back; the board is asked again, and the others stay where they are.
        """
        application_id = facts.evidence.application_id
        read = [self._submission(source) for source in facts.objects.sources]
        submissions = [
            submission
            for submission in read
            if submission and submission.application_id == application_id
        ]
        if application_id is None or not submissions or len(submissions) < len(read):
            return False
        put = []
        for submission in submissions:
            places = inbox.keys_of(submission)
            if not any(exists(self._store, key) for key in places):
                # Its documents are in their places: none is written anew.
                inbox.put(self._store, submission)
                put.append(places[0])
        # An erasure leaves its tombstone before it empties the inbox.
        if exists(self._store, keys.tombstone(application_id)):
            for key in put:
                self._store.delete(key)
            return False
        return self._start(facts)

    def _submission(self, source: StoredObject) -> Submission | None:
        try:
            return Submission.model_validate_json(self._store.get(source.key))
        except ValueError:
            return None

    def _deliver(self, facts: Facts) -> bool:
        if facts.evidence.application_id is None:
            return False
        self._workflows.deliver(facts.evidence.application_id)
        return True

    def _remove_leftovers(self, facts: Facts) -> bool:
        """Remove what was never accepted, or what the archive has byte for byte."""
        objects = facts.objects
        if objects.archive is None:
            return not self._is_held(facts) and self._remove(facts, objects.copy)
        archived = self._archived_too(objects.archive, objects.copy)
        is_removed = self._remove(facts, archived)
        return is_removed and len(archived) == len(objects.copy)

    def _end_erasure(self, facts: Facts) -> bool:
        """Remove all that is left, as is done to a late repeat."""
        if self._is_held(facts):
            return False
        if facts.evidence.application_id:
            if find_tombstone(self._store, facts.evidence.application_id) is None:
                return False  # The tombstone there is another application's.
            self._removal.resume_erasure(facts.evidence.application_id)
        for left in facts.objects:
            if left != facts.objects.tombstone:
                self._store.delete(left.key)
        return True

    def _remove_markers(self, facts: Facts) -> bool:
        return not self._is_held(facts) and self._remove(facts, facts.objects.markers)

    def _mark(self, facts: Facts) -> bool:
        """
        Write the markers only; the record learns of them when it is next written.

        An erasure leaves its tombstone before it removes the markers: where there is
        none afterwards, it will remove these too.
        """
        record = facts.evidence.record or facts.evidence.archived
        if record is None:
            return False
        self._candidates.mark(record)
        if exists(self._store, keys.tombstone(record.id)):
            self._candidates.unmark(record)
        return True

    def _archived_too(
        self, archive: StoredObject, objects: Iterable[StoredObject]
    ) -> list[StoredObject]:
        """
        Return those that the archive has, byte for byte; it must be whole.

        And the texts of documents, which are made when they are read.
        """
        with opened_bag(self._store, archive.key) as bag:
            bag.check()
            digests = bag.digests()
        return [
            stored
            for stored in objects
            if _is_made(stored)
            or digests.get(f"{_PAYLOAD}{_within(stored.key)}")
            == sha256_of(self._store, stored.key)
        ]

    def _is_held(self, facts: Facts) -> bool:
        """Look now: a hold may have been placed since the facts were read."""
        application_id = facts.evidence.application_id
        if application_id is None:
            return facts.objects.hold is not None
        hold = self._holds.find(application_id)
        return hold is not None and hold.is_active(datetime.now(UTC))

    def _remove(self, facts: Facts, objects: Iterable[StoredObject]) -> bool:
        """Remove what has not been written again since: that would be in use."""
        is_all_removed = True
        for stored in objects:
            if self._is_unchanged(stored) and not self._has_come_back(facts):
                self._store.delete(stored.key)
            else:
                is_all_removed = False
        return is_all_removed

    def _has_come_back(self, facts: Facts) -> bool:
        """Return whether a record or a submission has appeared that may need it."""
        part = facts.objects.part
        if exists(self._store, f"{keys.APPLICATIONS}{part}/application.json"):
            return True
        return any(True for _ in inbox.waiting(self._store, part))

    def _is_unchanged(self, before: StoredObject) -> bool:
        try:
            now = self._store.stat(before.key)
        except FileNotFoundError:
            return True
        # S3 has fractions of a second in lists only.
        moments = {stat.modified.replace(microsecond=0) for stat in (before, now)}
        return now.size == before.size and len(moments) == 1


def _is_made(stored: StoredObject) -> bool:
    found = placed(stored.key)
    return found is not None and found.place is Place.TEXT


def _within(key: str) -> str:
    """Return the path of an object within the folder of its application."""
    return key.split("/", 2)[2]

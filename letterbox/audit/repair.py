"""
What ``letterbox audit --repair`` does about a finding.

Before anything is removed: is it the last copy? Is it held? Does something open need
it? Where one of them may be so, the finding stays for a person.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from letterbox.archive.endings import find_tombstone
from letterbox.archive.reader import opened_bag
from letterbox.audit.contents import NAMING
from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.facts import Facts, Workflows
from letterbox.audit.kinds import Kind
from letterbox.domain import keys
from letterbox.domain.errors import LetterboxError
from letterbox.domain.ports import Candidates, Holds, ObjectStore, Removal, StoredObject
from letterbox.domain.submission import Submission
from letterbox.storage.objects import exists
from letterbox.streams import digest_of

_LACKING = (
    Kind.DOCUMENT_MISSING,
    Kind.DOCUMENT_DAMAGED,
    Kind.SOURCE_MISSING,
    Kind.SOURCE_DAMAGED,
)
_PAYLOAD = "data/"


class Repairs:
    """
    Mends what can be mended beside a system that runs.

    Nothing is written into a record: its workflow may write it at the same moment.
    """

    def __init__(  # noqa: PLR0913 what the ways need
        self,
        store: ObjectStore,
        *,
        witness: EvidenceReader,
        removal: Removal,
        candidates: Candidates,
        holds: Holds,
        workflows: Workflows,
    ) -> None:
        self._store = store
        self._witness = witness
        self._removal = removal
        self._candidates = candidates
        self._holds = holds
        self._workflows = workflows
        self._ways: dict[Kind, Callable[[Facts], bool]] = {
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
        """Mend what was just found; False where it cannot be, or not now."""
        way = self._ways.get(kind)
        try:
            return way is not None and way(facts)
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

        So will all else that lies beside the archive: it must be whole, and have it.
        """
        if facts.traces.archive:
            copy = facts.traces.copy
            if len(self._archived_too(facts.traces.archive, copy)) < len(copy):
                return False
        return self._start(facts)

    def _start_archived(self, facts: Facts) -> bool:
        """Start nothing that might pack less than the archive holds already."""
        whole = Facts(facts.traces, self._witness.read(facts.traces), facts.workflow)
        if any(True for kind in _LACKING for _ in NAMING[kind](whole)):
            return False
        return self._start(facts)

    def _take_in_again(self, facts: Facts) -> bool:
        """
        Put what the board sent back into the inbox, and start the application.

        All of it or nothing: a second delivery must not become the first for want of
        the one that cannot be read. Of several answers to one notice the first is put
        back; the board is asked again, and the others stay where they are.
        """
        application_id = facts.evidence.application_id
        read = [self._delivery(one) for one in facts.traces.sources]
        deliveries = [one for one in read if one is not None]
        if application_id is None or not deliveries or len(deliveries) < len(read):
            return False
        if any(one.application_id != application_id for one in deliveries):
            return False
        put = []
        for delivery in deliveries:
            key = keys.inbox_record(application_id, delivery.fingerprint)
            if not exists(self._store, key):
                self._store.put(key, delivery.model_dump_json().encode())
                put.append(key)
        # An erasure leaves its tombstone before it empties the inbox.
        if exists(self._store, keys.tombstone(application_id)):
            for key in put:
                self._store.delete(key)
            return False
        return self._start(facts)

    def _delivery(self, source: StoredObject) -> Submission | None:
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
        """Remove what nobody accepted, or what the archive holds byte for byte."""
        traces = facts.traces
        if traces.archive is None:
            return not self._is_held(facts) and self._remove(facts, traces.copy)
        archived = self._archived_too(traces.archive, traces.copy)
        is_removed = self._remove(facts, archived)
        return is_removed and len(archived) == len(traces.copy)

    def _end_erasure(self, facts: Facts) -> bool:
        """Remove all that is left: a late repeat would be removed as well."""
        if self._is_held(facts):
            return False
        if facts.evidence.application_id:
            if find_tombstone(self._store, facts.evidence.application_id) is None:
                return False  # Another's lies in its place.
            self._removal.resume_erasure(facts.evidence.application_id)
        for left in facts.traces:
            if left != facts.traces.tombstone:
                self._store.delete(left.key)
        return True

    def _remove_markers(self, facts: Facts) -> bool:
        return not self._is_held(facts) and self._remove(facts, facts.traces.markers)

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
        """Name those that a whole archive holds, byte for byte (DamagedError)."""
        with opened_bag(self._store, archive.key) as bag:
            bag.check()
            digests = bag.digests()
        return [
            one
            for one in objects
            if digests.get(f"{_PAYLOAD}{_within(one.key)}") == self._digest(one.key)
        ]

    def _digest(self, key: str) -> str:
        with self._store.open(key) as chunks:
            return digest_of(chunks)

    def _is_held(self, facts: Facts) -> bool:
        """Look now: a hold may have been placed since it was judged."""
        application_id = facts.evidence.application_id
        if application_id is None:
            return facts.traces.hold is not None
        hold = self._holds.find(application_id)
        return hold is not None and hold.is_active(datetime.now(UTC))

    def _remove(self, facts: Facts, objects: Iterable[StoredObject]) -> bool:
        """Remove what has not been put anew since: then somebody wants it."""
        is_all = True
        for seen in objects:
            if self._is_unchanged(seen) and not self._has_come_back(facts):
                self._store.delete(seen.key)
            else:
                is_all = False
        return is_all

    def _has_come_back(self, facts: Facts) -> bool:
        """Tell whether a record or a delivery has appeared that may need it."""
        part = facts.traces.part
        if exists(self._store, f"{keys.APPLICATIONS}{part}/application.json"):
            return True
        return any(True for _ in self._store.list(f"{keys.INBOX}{part}/"))

    def _is_unchanged(self, seen: StoredObject) -> bool:
        try:
            now = self._store.stat(seen.key)
        except FileNotFoundError:
            return True
        # S3 tells fractions of a second in lists only.
        moments = {one.modified.replace(microsecond=0) for one in (seen, now)}
        return now.size == seen.size and len(moments) == 1


def _within(key: str) -> str:
    """Tell where an object lies within the folder of its application."""
    return key.split("/", 2)[2]

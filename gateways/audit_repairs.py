"""What ``letterbox audit --repair`` does about a finding."""

from collections.abc import Callable, Iterable

from domain import keys
from domain.audit_facts import Facts, Workflows
from domain.audit_kinds import Kind
from domain.errors import LetterboxError
from domain.ports import Candidates, ObjectStore, Removal, StoredObject
from gateways.objects import exists


class Repairs:
    """
    Mends what can be mended beside a system that runs.

    Nothing is written into a record: its workflow may write it at the same moment.
    """

    def __init__(
        self,
        store: ObjectStore,
        *,
        removal: Removal,
        candidates: Candidates,
        workflows: Workflows,
    ) -> None:
        self._store = store
        self._removal = removal
        self._candidates = candidates
        self._workflows = workflows
        self._ways: dict[Kind, Callable[[Facts], bool]] = {
            Kind.ACCEPTED_WITHOUT_WORKFLOW: self._start,
            Kind.RECORD_WITHOUT_WORKFLOW: self._start,
            Kind.ARCHIVED_AND_OPEN: self._start,
            Kind.LEFTOVERS: self._remove_leftovers,
            Kind.TOMBSTONE_WITH_LEFTOVERS: self._end_erasure,
            Kind.MARKER_MISSING: self._mark,
            Kind.MARKER_ORPHAN: lambda facts: self._remove(facts.traces.markers),
            Kind.HOLD_ORPHAN: self._remove_hold,
        }

    def repair(self, kind: Kind, facts: Facts) -> bool:
        """Mend what was just found; False where it cannot be, or not now."""
        way = self._ways.get(kind)
        try:
            return way is not None and way(facts)
        except LetterboxError:
            return False

    def _start(self, facts: Facts) -> bool:
        if facts.evidence.application_id is None:
            return False
        self._workflows.start(facts.evidence.application_id)
        return True

    def _remove_leftovers(self, facts: Facts) -> bool:
        return self._remove(facts.traces.copy)

    def _end_erasure(self, facts: Facts) -> bool:
        """Remove all that is left: a late repeat would be removed as well."""
        if facts.evidence.application_id:
            self._removal.finish(facts.evidence.application_id)
        for left in facts.traces:
            if left != facts.traces.tombstone:
                self._store.delete(left.key)
        return True

    def _remove_hold(self, facts: Facts) -> bool:
        return self._remove([facts.traces.hold] if facts.traces.hold else [])

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

    def _remove(self, objects: Iterable[StoredObject]) -> bool:
        """Remove what has not been put anew since: then somebody wants it."""
        is_all = True
        for seen in objects:
            if self._is_unchanged(seen):
                self._store.delete(seen.key)
            else:
                is_all = False
        return is_all

    def _is_unchanged(self, seen: StoredObject) -> bool:
        try:
            now = self._store.stat(seen.key)
        except FileNotFoundError:
            return True
        # S3 tells fractions of a second in lists only.
        moments = {one.modified.replace(microsecond=0) for one in (seen, now)}
        return now.size == seen.size and len(moments) == 1

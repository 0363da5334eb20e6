"""A suspicion, looked at again until it is a finding or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.facts import (
    Facts,
    Found,
    Limits,
    StoredObjects,
    Workflow,
    Workflows,
    traces_of,
)
from letterbox.audit.kinds import Kind
from letterbox.audit.rules import judge
from letterbox.domain import keys
from letterbox.domain.ids import from_key_part
from letterbox.domain.key_owners import placed
from letterbox.domain.ports import ObjectStore, StoredObject

_MAX_ATTEMPTS = 5

Verdict = tuple[Facts, Mapping[Kind, tuple[str, ...]]]
_FINE: Mapping[Kind, tuple[str, ...]] = {}


class Examiner:
    """
    Tells what is wrong with an application; ``named`` knows overlong ids.

    Applications change while they are looked at, and nobody can stop them. So what
    looks wrong is looked at twice more, with the reading in between: where both see
    the same, that is how it was at one moment, in Temporal and in the store. What
    changes each time is being worked on, and nothing is said of it.
    """

    def __init__(
        self,
        store: ObjectStore,
        *,
        witness: EvidenceReader,
        workflows: Workflows,
        limits: Limits,
        named: Mapping[str, str],
    ) -> None:
        self._store = store
        self._witness = witness
        self._workflows = workflows
        self._limits = limits
        self._named = named

    def quick_check(self, traces: StoredObjects, *, is_open: bool) -> Verdict:
        """Judge what a walk has seen; only what looks wrong is looked at again."""
        if is_open and traces.lacks_record:
            # How far its workflow says it is, only Temporal tells.
            return self.examine(traces.part)
        workflow = Workflow(is_open=is_open)
        application_id = None
        try:
            evidence = self._witness.read(traces)
        except FileNotFoundError:
            pass  # It is being worked on.
        else:
            facts = Facts(traces, evidence, workflow)
            if not judge(facts, self._limits):
                return facts, _FINE
            application_id = evidence.application_id
        return self.examine(traces.part, application_id)

    def examine(
        self, part: str, application_id: str | None = None, marker: Found | None = None
    ) -> Verdict:
        """Judge an application as it is now, and a marker that leads to it."""
        found_by = application_id or from_key_part(part) or self._named.get(part)
        seen = self._look(part, found_by, marker)
        for _ in range(_MAX_ATTEMPTS):
            read = self._read(seen, found_by)
            again = self._look(part, found_by, marker)
            if read and again == seen:
                return read, judge(read, self._limits)
            seen = again
        return seen, _FINE

    def _read(self, seen: Facts, found_by: str | None) -> Facts | None:
        try:
            evidence = self._witness.read(seen.traces)
        except FileNotFoundError:
            return None
        known = evidence.application_id or found_by
        return replace(seen, evidence=replace(evidence, application_id=known))

    def _look(
        self, part: str, application_id: str | None, marker: Found | None
    ) -> Facts:
        # An id that nothing tells is in no list of open workflows either.
        workflow = (
            self._workflows.find(application_id) if application_id else Workflow()
        )
        objects = self._objects(part, marker)
        found = [(one, stored) for stored in objects if (one := placed(stored.key))]
        return Facts(traces_of(part, found), workflow=workflow)

    def _objects(self, part: str, marker: Found | None) -> Iterator[StoredObject]:
        for folder in (keys.APPLICATIONS, keys.INBOX):
            yield from self._store.list(f"{folder}{part}/")
        for key in (
            f"{keys.ARCHIVE}{part}.zip",
            f"{keys.ERASED}{part}.json",
            f"{keys.HOLDS}{part}.json",
            *([marker[1].key] if marker else ()),
        ):
            try:
                yield self._store.stat(key)
            except FileNotFoundError:
                continue

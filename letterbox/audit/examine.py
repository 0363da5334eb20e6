"""
Judges one application beside a system that runs and changes it.

What looks wrong in a first look is looked at again, until it is certain or gone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.facts import (
    Facts,
    Limits,
    PlacedObject,
    StoredObjects,
    WorkflowFacts,
    Workflows,
    stored_objects_of,
)
from letterbox.audit.kinds import Kind
from letterbox.audit.rules import judge
from letterbox.domain import keys
from letterbox.domain.ids import from_key_part
from letterbox.domain.key_owners import placed
from letterbox.domain.ports import ObjectStore, StoredObject
from letterbox.records import inbox

_MAX_ATTEMPTS = 5

Judgement = tuple[Facts, Mapping[Kind, tuple[str, ...]]]
_NOTHING_WRONG: Mapping[Kind, tuple[str, ...]] = {}


class Examiner:
    """
    Finds what is wrong with an application; ``overlong`` has ids by their key parts.

    Applications change while they are looked at, and nobody can stop them. So what
    looks wrong is listed twice more, and read in between: if both lists agree, that
    is how it was at one moment, in Temporal and in the store. What changes each time
    is being worked on, and is not reported.
    """

    def __init__(
        self,
        store: ObjectStore,
        *,
        reader: EvidenceReader,
        workflows: Workflows,
        limits: Limits,
        overlong: Mapping[str, str],
    ) -> None:
        self._store = store
        self._reader = reader
        self._workflows = workflows
        self._limits = limits
        self._overlong = overlong

    def quick_check(self, objects: StoredObjects, *, is_open: bool) -> Judgement:
        """Judge what the walk has listed; only what looks wrong is examined."""
        if is_open and objects.lacks_record:
            # Only Temporal knows how far its workflow is.
            return self.examine(objects.part)
        workflow = WorkflowFacts(is_open=is_open)
        application_id = None
        try:
            evidence = self._reader.read(objects)
        except FileNotFoundError:
            pass  # It is being worked on.
        else:
            facts = Facts(objects, evidence, workflow)
            if not judge(facts, self._limits):
                return facts, _NOTHING_WRONG
            application_id = evidence.application_id
        return self.examine(objects.part, application_id)

    def examine(
        self,
        part: str,
        application_id: str | None = None,
        marker: PlacedObject | None = None,
    ) -> Judgement:
        """Judge an application as it is now, and a marker that leads to it."""
        known_id = application_id or from_key_part(part) or self._overlong.get(part)
        listed = self._list(part, known_id, marker)
        for _ in range(_MAX_ATTEMPTS):
            facts = self._read(listed, known_id)
            listed_again = self._list(part, known_id, marker)
            if facts and listed_again == listed:
                return facts, judge(facts, self._limits)
            listed = listed_again
        return listed, _NOTHING_WRONG

    def _read(self, listed: Facts, known_id: str | None) -> Facts | None:
        try:
            evidence = self._reader.read(listed.objects)
        except FileNotFoundError:
            return None
        application_id = evidence.application_id or known_id
        evidence = replace(evidence, application_id=application_id)
        return replace(listed, evidence=evidence)

    def _list(
        self, part: str, application_id: str | None, marker: PlacedObject | None
    ) -> Facts:
        # An id that is not known is in no list of open workflows either.
        workflow = (
            self._workflows.find(application_id) if application_id else WorkflowFacts()
        )
        placed_objects = [
            (place, stored)
            for stored in self._objects(part, marker)
            if (place := placed(stored.key))
        ]
        return Facts(stored_objects_of(part, placed_objects), workflow=workflow)

    def _objects(
        self, part: str, marker: PlacedObject | None
    ) -> Iterator[StoredObject]:
        yield from self._store.list(f"{keys.APPLICATIONS}{part}/")
        yield from inbox.waiting(self._store, part)
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

"""Which applications an audit has met, and where: an id for each, and no more."""

from collections.abc import Iterator

from domain.audit_facts import Found, Traces, Workflows
from domain.ids import from_key_part, key_part
from domain.ports import ObjectStore
from gateways.audit_walk import markers, walk


class Ledger:
    """Names what is to be looked at, by what the walks before have met."""

    def __init__(self, store: ObjectStore, workflows: Workflows) -> None:
        self._store = store
        self._workflows = workflows
        self._open: dict[str, str] = {}
        self._kept: set[str] = set()
        self._buried: set[str] = set()
        self.overlong: dict[str, str] = {}
        """Ids of open workflows that their keys do not tell."""

    def list_open(self) -> int:
        """Learn which workflows are open."""
        for application_id in self._workflows.open():
            part = key_part(application_id)
            self._open[part] = application_id
            if from_key_part(part) is None:
                self.overlong[part] = application_id
        return len(self._open)

    def walk(self) -> Iterator[tuple[Traces, bool]]:
        """Walk the store; tell of each application whether its workflow is open."""
        for traces in walk(self._store):
            if traces.tombstone:
                self._buried.add(traces.part)
            elif traces.is_kept:
                self._kept.add(traces.part)
            yield traces, self._open.pop(traces.part, None) is not None

    def unmet(self) -> Iterator[str]:
        """Name what Temporal knows, and the walk has not found."""
        yield from self._open.values()
        for application_id in self._workflows.archived():
            part = key_part(application_id)
            if part not in self._kept and part not in self._buried:
                yield application_id

    def stray_markers(self) -> Iterator[Found]:
        """Find the markers of what is neither open nor archived."""
        for marker in markers(self._store):
            if marker[0].part not in self._kept:
                yield marker

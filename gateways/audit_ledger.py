"""Which applications an audit has met, and where: eight bytes for each, and no more."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from hashlib import blake2b

from gateways.audit_walk import markers, walk
from letterbox.audit.facts import Found, StoredObjects, Workflows
from letterbox.domain.ids import from_key_part, key_part
from letterbox.domain.ports import ObjectStore


class _Parts:
    """A set of names that first grows, and then is asked; sorted in between."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, part: str) -> None:
        """Remember a name, once."""
        self._digests.append(_digest(part))
        self._is_sorted = False

    def __contains__(self, part: str) -> bool:
        if not self._is_sorted:
            self._digests = array("Q", sorted(self._digests))
            self._is_sorted = True
        digest = _digest(part)
        at = bisect_left(self._digests, digest)
        return at < len(self._digests) and self._digests[at] == digest


class SeenApplications:
    """Names what is to be looked at, by what the walks before have met."""

    def __init__(self, store: ObjectStore, workflows: Workflows) -> None:
        self._store = store
        self._workflows = workflows
        self._open = _Parts()
        self._met = _Parts()
        self._kept = _Parts()
        self._buried = _Parts()
        self.overlong: dict[str, str] = {}
        """Ids of open workflows that their keys do not tell."""

    def list_open(self) -> int:
        """Learn which workflows are open."""
        for application_id in self._workflows.open():
            part = key_part(application_id)
            self._open.add(part)
            if from_key_part(part) is None:
                self.overlong[part] = application_id
        return len(self._open)

    def walk(self) -> Iterator[tuple[StoredObjects, bool]]:
        """Walk the store; tell of each application whether its workflow is open."""
        for traces in walk(self._store):
            self._met.add(traces.part)
            if traces.tombstone:
                self._buried.add(traces.part)
            elif traces.is_kept:
                self._kept.add(traces.part)
            yield traces, traces.part in self._open

    def unmet(self) -> Iterator[str]:
        """Name what Temporal knows, and the walk has not found."""
        # Listed anew: to hold all the ids meanwhile would cost more than that.
        for application_id in self._workflows.open():
            if key_part(application_id) not in self._met:
                yield application_id
        for application_id in self._workflows.archived():
            part = key_part(application_id)
            if part not in self._kept and part not in self._buried:
                yield application_id

    def stray_markers(self) -> Iterator[Found]:
        """Find the markers of what is neither open nor archived."""
        for marker in markers(self._store):
            if marker[0].part not in self._kept:
                yield marker


def _digest(part: str) -> int:
    return int.from_bytes(blake2b(part.encode(), digest_size=8).digest(), "big")

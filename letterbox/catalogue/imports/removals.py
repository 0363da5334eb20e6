"""What an import removes, and what waits for a person or for more imports."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from letterbox.catalogue.feeds.findings import Findings
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.spool import FeedSpool
from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, PositionStatus

# As many whole feeds in a row must agree on what no longer is.
_AGREE = 3
# One job that takes the place of another is no accident.
_FEW = 2


class WaitingRemovals:
    """
    What whole feeds no longer name, and in how many in a row.

    Only imports write it, one at a time.
    """

    def __init__(self, store: ObjectStore, hirer: str | None) -> None:
        self._store = store
        self._key = keys.waiting_removals(hirer)

    def counted(self, absent: Iterable[str]) -> dict[str, int]:
        """Count once more those that are absent again, and the new ones."""
        before = self.known()
        return {name: before.get(name, 0) + 1 for name in absent}

    def known(self) -> Mapping[str, int]:
        """Read what was counted; nothing where it cannot be read."""
        try:
            counts = json.loads(self._store.get(self._key))
        except (FileNotFoundError, ValueError):
            return {}
        if not isinstance(counts, dict):
            return {}
        return {key: n for key, n in counts.items() if isinstance(n, int)}

    def save(self, counts: Mapping[str, int]) -> None:
        """Write what waits."""
        if counts:
            self._store.put(self._key, json.dumps(counts).encode())
        elif self.known():
            self._store.delete(self._key)


@dataclass(slots=True)
class Removals:
    """
    What leaves the catalogue: by absence, or because the feed says so.

    ``absent`` and ``named`` are carried out, ``waiting`` (references) are not.
    ``counts`` says of those how many feeds have agreed; None where this one says
    nothing of it.
    """

    absent: list[Position] = field(default_factory=list)
    named: set[bytes] = field(default_factory=set)
    waiting: list[str] = field(default_factory=list)
    counts: Mapping[str, int] | None = None


def removals(  # noqa: PLR0913 what, of what, by which rules
    spool: FeedSpool,
    known: Mapping[bytes, bytes],
    order: ImportOrder,
    waiting: WaitingRemovals,
    findings: Findings,
    *,
    are_samples: bool = False,
) -> Removals:
    """
    Decide what is removed, and what waits.

    A feed that was cut off removes nothing, whoever forces it: what it does not name
    is unknown. Otherwise what would wait is removed by force, or once three whole
    feeds in a row agree. Samples make room for whatever comes.
    """
    if order.cut_off:
        return Removals()
    present, absent, named = _leaving(spool, known, is_partial=order.partial)
    leaving = absent | named
    is_most = len(leaving) * 2 > present
    waits = bool(findings.mended or findings.skipped) or (
        is_most and not are_samples and (present >= _FEW or not len(spool))
    )
    names = {identity: identity.hex() for identity in leaving}
    counts = None if order.partial else _counts(names.values(), waiting, findings)
    ripe = {
        identity
        for identity, name in names.items()
        if order.force or not waits or (counts or {}).get(name, 0) >= _AGREE
    }
    left = leaving.keys() - ripe
    if counts is not None:
        counts = {names[identity]: counts[names[identity]] for identity in left}
    return Removals(
        absent=[position for identity, position in absent.items() if identity in ripe],
        named=named.keys() & ripe,
        waiting=[leaving[identity].reference for identity in left],
        counts=counts,
    )


def _leaving(
    spool: FeedSpool, known: Mapping[bytes, bytes], *, is_partial: bool
) -> tuple[int, dict[bytes, Position], dict[bytes, Position]]:
    """Count the positions, and return those that are absent, and those named so."""
    present = 0
    absent: dict[bytes, Position] = {}
    named: dict[bytes, Position] = {}
    # One after another: all of them as objects would be most of the memory.
    for identity, body in known.items():
        position = Position.model_validate_json(body)
        if position.status is PositionStatus.REMOVED:
            continue
        present += 1
        if spool.removes(identity):
            named[identity] = position
        elif identity not in spool and not is_partial:
            absent[identity] = position
    return present, absent, named


def _counts(
    names: Iterable[str], waiting: WaitingRemovals, findings: Findings
) -> Mapping[str, int]:
    """Return how many feeds in a row agree; one with skipped jobs does not count."""
    if not findings.skipped:
        return waiting.counted(names)
    before = waiting.known()
    return {name: before.get(name, 0) for name in names}

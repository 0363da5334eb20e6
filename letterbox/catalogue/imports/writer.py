"""Writes single positions as a feed has them, whoever else is at them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from letterbox.catalogue.changes import change
from letterbox.catalogue.imports.lease import ImportLease
from letterbox.catalogue.imports.removals import Removals
from letterbox.catalogue.imports.spool import FeedSpool, identity_of
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, PositionStatus, updated

# Longer than a feed hiccups, should no import come in between.
_AWAY = timedelta(days=1)

Change = Literal["added", "changed", "unchanged", "removed", "waiting"]


class FeedWriter:
    """
    Writes positions, as long as the import has its lease.

    ``began`` is when the import did, ``whole_before`` when the latest whole one had.
    With ``dry_run`` it only says what it would do.
    """

    def __init__(
        self,
        store: ObjectStore,
        lease: ImportLease,
        *,
        began: datetime,
        whole_before: datetime | None,
        dry_run: bool = False,
    ) -> None:
        self._store = store
        self._lease = lease
        self._began = began
        self._whole_before = whole_before
        self._is_dry_run = dry_run

    def take_over(
        self, position: Position, known: Mapping[bytes, bytes], leaving: Removals
    ) -> Change:
        """Write what a feed says of a position, unless it would remove too much."""
        identity = identity_of(position)
        if body := known.get(identity):
            before = Position.model_validate_json(body)
            if (
                position.status is PositionStatus.REMOVED
                and before.status is not PositionStatus.REMOVED
                and identity not in leaving.named
            ):
                return "waiting"
            if self._updated(before, position) == before:
                return "unchanged"
        if self._is_dry_run:
            return "changed" if body else "added"
        self._lease.check()
        # A person may have closed it since it was compared, or does so now.
        stored, after = change(
            self._store,
            position.reference,
            position.hirer,
            lambda latest: self._updated(latest, position),
        )
        if after == stored.position:
            return "unchanged"
        return "changed" if stored.version else "added"

    def _updated(self, before: Position | None, position: Position) -> Position:
        """Take over what the feed says; who comes back after long is another."""
        absent_since = before and before.absent_since
        if absent_since and before and before.status is PositionStatus.REMOVED:
            # A whole import has come and gone without it after the one that removed it.
            was_missed = self._whole_before and self._whole_before > absent_since
            if was_missed or self._began - absent_since > _AWAY:
                before = None
        return updated(before, position)

    def remove(self, position: Position) -> Change:
        """Remove a position that the feed does not name."""
        if self._is_dry_run:
            return "unchanged" if _is_removed(position) else "removed"

        def absent(latest: Position | None) -> Position | None:
            if latest is None or (_is_removed(latest) and not _is_unstamped(latest)):
                return latest
            return latest.absent(self._began)

        stored, _ = change(self._store, position.reference, position.hirer, absent)
        was_open = stored.position and not _is_removed(stored.position)
        return "removed" if was_open else "unchanged"


def unstamped(spool: FeedSpool, known: Mapping[bytes, bytes]) -> Iterator[Position]:
    """Find what was closed by hand and removed before that was noted."""
    for identity, body in known.items():
        if identity not in spool:
            position = Position.model_validate_json(body)
            if _is_unstamped(position):
                yield position


def _is_removed(position: Position) -> bool:
    return position.status is PositionStatus.REMOVED


def _is_unstamped(position: Position) -> bool:
    is_by_hand = _is_removed(position) and position.closed_by_hand
    return is_by_hand and position.absent_since is None

"""Removes applications from the store; a second run finishes what the first began."""

from datetime import UTC, datetime

import structlog

from letterbox.archive.endings import find_tombstone, is_readable
from letterbox.domain import keys
from letterbox.domain.application import Application, Hold, Stage, Tombstone, View
from letterbox.domain.ending_ports import Archives, find_record
from letterbox.domain.errors import DamagedError, HeldError
from letterbox.domain.ids import key_part
from letterbox.domain.ports import Applications, Candidates, ObjectStore
from letterbox.records import inbox
from letterbox.records.holds import StoredHolds
from letterbox.storage.objects import exists, has_any, listed_keys

_MAX_ATTEMPTS = 3

log = structlog.get_logger()


class StoredRemoval:
    """The ``Removal`` port over an object store."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        applications: Applications,
        archives: Archives,
        candidates: Candidates,
    ) -> None:
        self._store = store
        self._applications = applications
        self._archives = archives
        self._candidates = candidates
        self._holds = StoredHolds(store)

    def erase(
        self,
        application_id: str,
        tombstone: Tombstone,
        unrecorded: Application | None = None,
    ) -> Tombstone:
        """
        Write the tombstone first: what it covers can be removed again.

        The markers go before the record, which alone knows where they are.
        ``unrecorded`` is what would have been the record where there is none.
        HeldError where a hold is in force, unless a removal has begun before.
        """
        key = keys.tombstone(application_id)
        count = len(self._objects(application_id))
        earlier = find_tombstone(self._store, application_id)
        if earlier and (earlier.stage is Stage.ARCHIVED or not is_readable(earlier)):
            # The end of its keeping, which a hold may withdraw, is no erasure.
            earlier = None
        if earlier and self._is_held_first(application_id, earlier):
            self._store.delete(key)
            self._refuse_if_held(application_id)
        if earlier is None:
            self._refuse_if_held(application_id)
            earlier = tombstone.model_copy(
                update={"removed": count, "id": application_id}
            )
            self._store.put(key, earlier.model_dump_json().encode())
            self._refuse_if_held_meanwhile(application_id)
        self._remove(application_id, unrecorded)
        return earlier

    def active_hold(self, application_id: str) -> Hold | None:
        """Read the hold on an application, if it is in force."""
        hold = self._holds.find(application_id)
        return hold if hold and hold.is_active(datetime.now(UTC)) else None

    def resume_erasure(self, application_id: str) -> None:
        """Remove all but the tombstone; nothing, where a hold came first."""
        if not self.is_held_first(application_id):
            self._remove(application_id, None)

    def is_held_first(self, application_id: str) -> bool:
        """Return whether a hold keeps all there is, in spite of a tombstone."""
        tombstone = find_tombstone(self._store, application_id)
        if not (tombstone and self._is_held_first(application_id, tombstone)):
            return False
        log.error("held, and there is a tombstone", application=application_id)
        return True

    def _remove(self, application_id: str, unrecorded: Application | None) -> None:
        self._unmark(application_id, unrecorded)
        # A put that was cut short has not become an object, and has its bytes.
        old_inbox = keys.old_inbox_of(key_part(application_id))
        for unfinished in (
            keys.application(application_id).rstrip("/"),
            old_inbox.rstrip("/"),
            keys.archive(application_id),
        ):
            self._store.remove_unfinished(unfinished)
        for key in self._objects(application_id):
            self._store.delete(key)
        # Under a name of others there may be something of the candidate, too.
        self._store.remove_below(keys.application(application_id))
        self._store.remove_below(old_inbox)

    def verify_archived(self, application_id: str) -> None:
        """Read the archive whole; where there is a tombstone none is needed."""
        if find_tombstone(self._store, application_id):
            return
        try:
            self._archives.verify(application_id)
        except FileNotFoundError:
            raise DamagedError("the archive is not there") from None

    def delete_open_copy(self, application_id: str) -> None:
        """
        Remove the record first: from then on the archive stands for the application.

        What is left behind by a kill is removed by the next try; what somebody wrote
        meanwhile who had stood still, by another look.
        """
        self.verify_archived(application_id)
        self._store.delete(keys.record(application_id))
        folder = keys.application(application_id)
        for _ in range(_MAX_ATTEMPTS):
            self._store.remove_below(folder)
            if not has_any(self._store, folder):
                break
        self._store.remove_unfinished(keys.application(application_id).rstrip("/"))

    def _refuse_if_held(self, application_id: str) -> None:
        if self.active_hold(application_id):
            raise HeldError("held: release it first, `letterbox hold ID --release`")

    def _is_held_first(self, application_id: str, tombstone: Tombstone) -> bool:
        """
        Return whether a hold counts though there is a tombstone.

        One that was placed later was granted before the tombstone could be seen, by a
        removal that died between the two: as long as nothing is removed yet, the hold
        counts. Nor does a tombstone that cannot be read count against a hold. What has
        begun is ended: half of an application would be worse.
        """
        hold = self.active_hold(application_id)
        if hold is None:
            return False
        if not is_readable(tombstone):
            return True
        left = set(self._objects(application_id)) - {keys.hold(application_id)}
        is_untouched = len(left) >= max(tombstone.removed, 1)
        return is_untouched and hold.placed_at >= tombstone.removed_at

    def _refuse_if_held_meanwhile(self, application_id: str) -> None:
        """Look again: who places a hold later than this sees the tombstone."""
        try:
            self._refuse_if_held(application_id)
        except HeldError:
            self._store.delete(keys.tombstone(application_id))
            raise

    def _objects(self, application_id: str) -> list[str]:
        listed = list(listed_keys(self._store, keys.application(application_id)))
        waiting = inbox.waiting(self._store, key_part(application_id))
        listed += (stored.key for stored in waiting)
        # The record last: it knows the candidate's markers.
        listed.sort(key=lambda key: key == keys.record(application_id))
        singles = (keys.archive(application_id), keys.hold(application_id))
        return [*listed, *(key for key in singles if exists(self._store, key))]

    def _unmark(self, application_id: str, unrecorded: Application | None) -> None:
        try:
            record = (
                find_record(self._applications, self._archives, application_id)
                or unrecorded
            )
        except DamagedError:
            self._candidates.unmark_by_scan(application_id)
            return
        if record:
            self._candidates.unmark(record)
        known = {keys.source(application_id, view.number) for view in _views(record)}
        sources = listed_keys(self._store, keys.sources(application_id))
        if unrecorded is None and not known.issuperset(sources):
            # A kill between the marking and the record leaves markers of nothing;
            # what was not taken over was never marked, and the walk is long.
            self._candidates.unmark_by_scan(application_id)


def _views(record: Application | None) -> tuple[View, ...]:
    return record.views if record else ()

"""What the store knows of what has happened to an application, open or ended."""

from collections.abc import Iterator
from datetime import datetime

from letterbox.domain import keys
from letterbox.domain.application import Application, EventType, Hold, Stage, Tombstone
from letterbox.domain.ending_ports import Archives, Holds, find_record
from letterbox.domain.errors import DamagedError
from letterbox.domain.history import Happening, History, Waiting, in_order
from letterbox.domain.ports import Applications, ObjectStore
from letterbox.domain.standing import Reporting, StatusChange, owed_changes
from letterbox.domain.transitions import Transition

_HANDLED = {
    "assigned": Transition.ASSIGNED,
    "held": Transition.HELD,
    "released": Transition.RELEASED,
}
_REPORTED = {
    Reporting.SENT: Transition.SENT,
    Reporting.REFUSED: Transition.DECLINED,
    Reporting.UNSUPPORTED: Transition.UNSUPPORTED,
    Reporting.UNSENT: Transition.UNSENT,
}
_REMOVED = {
    Stage.ARCHIVED: Transition.EXPIRED,
    Stage.DISCARDED: Transition.DISCARDED,
    Stage.ERASED: Transition.ERASED,
}


class StoredHistory:
    """Reads what lies in the store of one application. Blocking."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        applications: Applications,
        archives: Archives,
        holds: Holds,
    ) -> None:
        self._store = store
        self._applications = applications
        self._archives = archives
        self._holds = holds

    def find(self, application_id: str) -> History | None:
        """Return what the store knows; None for an application that was never there."""
        if not self._applications.known(application_id):
            return None
        ended = self._applications.ended(application_id)
        notes: list[str] = []
        record = None
        try:
            record = find_record(self._applications, self._archives, application_id)
        except DamagedError as error:
            notes.append(f"{error}: see `letterbox audit`")
        tombstone = self._applications.tombstone(application_id)
        items = [
            *self._waiting_in_inbox(application_id, record),
            *(_of_record(record) if record else ()),
            *_of_hold(self._holds.find(application_id), record),
            *self._archived(application_id, ended, tombstone),
            *_of_tombstone(tombstone),
        ]
        return History(
            id=application_id,
            stage=ended or (record.stage if record else Stage.RECEIVED),
            archive_by=record.archive_by if record and not ended else None,
            items=in_order(items),
            waiting=_owed(record) if record and not ended else (),
            notes=tuple(notes),
        )

    def _waiting_in_inbox(
        self, application_id: str, record: Application | None
    ) -> Iterator[Happening]:
        known = {view.fingerprint for view in record.views} if record else set()
        try:
            for one in self._applications.submissions(application_id):
                if one.fingerprint not in known:
                    yield Happening(at=one.received_at, event=Transition.RECEIVED)
        except ValueError:
            # Nothing of it can be read: that it is there is all that is known.
            yield Happening(at=None, event=Transition.RECEIVED)

    def _archived(
        self, application_id: str, ended: Stage | None, tombstone: Tombstone | None
    ) -> Iterator[Happening]:
        if ended is not Stage.ARCHIVED or (tombstone and not tombstone.is_announced):
            return
        try:
            at = self._store.stat(keys.archive(application_id)).modified
        except FileNotFoundError:
            return
        yield Happening(at=at, event=Transition.ARCHIVED)


def _of_record(record: Application) -> Iterator[Happening]:
    first, *others = [
        Happening(at=view.received_at, event=Transition.RECEIVED, view=view.number)
        for view in record.views
    ] or [Happening(at=record.received_at, event=Transition.RECEIVED)]
    yield first
    assigned = {one.at for one in record.handled if one.action == "assigned"}
    yield from _of_events(record, assigned)
    yield from others
    for one in record.handled:
        position = record.position.reference if one.action == "assigned" else None
        is_latest = one.at == max(assigned, default=None)
        yield Happening(
            at=one.at,
            event=_HANDLED[one.action],
            by=one.by,
            reason=one.reason,
            until=one.until,
            position=position if is_latest else None,
        )
    for attachment in record.all_attachments():
        if released := attachment.released:
            yield Happening(
                at=released.released_at,
                event=Transition.CLEARED,
                by=released.by or None,
                reason=released.reason,
            )
    for told in record.told:
        yield Happening(at=told.told_at, event=Transition.TOLD, type=told.type)
    for change in record.status_changes:
        yield from _of_status(change)


def _of_status(change: StatusChange) -> Iterator[Happening]:
    """Tell when a status was recorded, and what the board made of it."""
    status = change.status
    noted_at = change.noted_at or change.changed_at
    yield Happening(
        at=noted_at, event=Transition.NOTED, status=status, by=change.by or None
    )
    event, at = _REPORTED.get(change.reporting), change.reported_at
    # A board that takes no statuses at all was not asked.
    if event and (at or event is not Transition.UNSUPPORTED):
        yield Happening(at=at, event=event, status=status)


def _of_events(record: Application, assigned: set[datetime]) -> Iterator[Happening]:
    """Date what the ATS is, or was, told of by its events."""
    events = {
        type_: at
        for type_, at in (
            *((one.type, one.happened_at) for one in reversed(record.owed)),
            *((one.type, one.happened_at) for one in reversed(record.told)),
        )
        if at not in assigned
    }
    recorded_at = events.get(EventType.RECORDED)
    yield Happening(at=recorded_at, event=Transition.RECORDED)
    position = record.position
    if position.triage is not None:
        reason = position.triage
        yield Happening(at=recorded_at, event=Transition.TRIAGED, reason=reason)
    elif EventType.MATCHED in events or position.matched_by is not None:
        is_matched = position.matched_by is not None
        yield Happening(
            at=events.get(EventType.MATCHED, recorded_at),
            event=Transition.MATCHED,
            position=position.reference if is_matched else None,
        )


def _of_hold(hold: Hold | None, record: Application | None) -> Iterator[Happening]:
    """Yield a hold that is in no record: an archive's, or one of a submission."""
    known = {one.at for one in record.handled} if record else set()
    if hold and hold.placed_at not in known:
        yield Happening(
            at=hold.placed_at,
            event=Transition.HELD,
            by=hold.by or None,
            reason=hold.reason,
            until=hold.until,
        )


def _of_tombstone(tombstone: Tombstone | None) -> Iterator[Happening]:
    if tombstone and not tombstone.is_announced:
        yield Happening(
            at=tombstone.removed_at,
            event=_REMOVED[tombstone.stage],
            by=tombstone.by,
            reason=tombstone.reason,
        )


def _owed(record: Application) -> tuple[Waiting, ...]:
    return (
        *(
            Waiting(step="deliver", type=one.type, since=one.happened_at)
            for one in record.owed
        ),
        *(
            Waiting(step="send_status", since=change.noted_at)
            for change in owed_changes(record.status_changes)[:1]
        ),
    )

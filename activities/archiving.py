"""The end of an open application: packed, verified, and only then removed."""

from collections.abc import Container

from temporalio import activity

from activities.inspection import inspect_again
from activities.owing import HasAts, has_no_ats
from activities.threads import heartbeating, in_thread
from letterbox.domain.application import Application, Attachment, Flag, Hold, Stage
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.messages import Retired
from letterbox.domain.ports import Applications, Archives, Removal
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

# These are never taken back.
_LASTING = {Flag.CONFLICT, Flag.DUPLICATE, Flag.OVERDUE}


class ArchiveActivities:
    """Package an application, and remove its hot copy."""

    def __init__(
        self,
        *,
        applications: Applications,
        archives: Archives,
        removal: Removal,
        deliver: HasAts = has_no_ats,
    ) -> None:
        self._applications = applications
        self._archives = archives
        self._removal = removal
        self._deliver = deliver

    @activity.defn(name="pack")
    async def pack(self, application_id: str) -> Recorded:
        """
        Write the archive, read it back and verify it.

        A document that is missing or damaged by now is said to be so, and does not
        keep the others from being archived.
        """
        async with heartbeating():
            record = await in_thread(self._pack, application_id)
        return Recorded.of(record)

    @activity.defn(name="retire")
    async def retire(self, application_id: str) -> Retired:
        """Remove the hot copy, unless it is not what was packed any more."""
        async with heartbeating():
            return await in_thread(self._retire, application_id)

    def _pack(self, application_id: str) -> Application:
        if self._applications.ended(application_id) is Stage.ARCHIVED:
            return self._archives.record(application_id)
        record = self._applications.find(application_id)
        if record is None:
            raise NotFoundError("the application is not recorded")
        packed = self._final(record)
        if packed != self._archived_alone(record):
            self._archives.pack(packed)
        return packed

    def _retire(self, application_id: str) -> Retired:
        record = self._applications.find(application_id)
        if record is not None:
            # One that cannot be read stays in the inbox, where `letterbox audit` finds
            # it; its documents, if it brought any, were packed with the others.
            if any(True for _ in self._applications.submissions(application_id)):
                return Retired(done=False)
            packed, now = self._whole(application_id), self._final(record)
            if packed is None or _but_for_what_is_owed(packed) != _but_for_what_is_owed(
                now
            ):
                return Retired(done=False)
        elif self._applications.ended(application_id) is None:
            # What lies there may be all there is: nothing stands for it.
            raise DamagedError("neither the record nor the archive is there")
        self._removal.delete_open_copy(application_id)
        if record is not None or activity.info().attempt > 1:
            note(Transition.ARCHIVED, application_id)
        return Retired(deliver=self._deliver())

    def _whole(self, application_id: str) -> Application | None:
        """Give the archived record; None where the archive is not whole any more."""
        try:
            self._archives.verify(application_id)
            return self._archives.record(application_id)
        except (FileNotFoundError, DamagedError):
            return None

    def _final(self, record: Application) -> Application:
        # The open record is not ours to change: others do, under the lock.
        if archived := self._archived_alone(record):
            record = rejoined(archived, record, self._removal.active_hold(record.id))
        looked_at = inspect_again(self._applications, record)
        if looked_at != record:
            there = self._archives.intact_paths(record.id)
            looked_at = with_archived(record, looked_at, there)
        return final(looked_at)

    def _archived_alone(self, record: Application) -> Application | None:
        """
        Read the archived record where the open copy is nothing but a record.

        Somebody wrote it who stood still while it was archived, or its removal was
        lost: then the archive is the whole, and keeps what it has.
        """
        if self._applications.view_numbers(record.id):
            return None
        try:
            return self._archives.record(record.id)
        except (FileNotFoundError, DamagedError):
            return None


def final(record: Application) -> Application:
    """Give the record as it is archived."""
    return record.model_copy(update={"stage": Stage.ARCHIVED})


def rejoined(
    archived: Application, record: Application, hold: Hold | None
) -> Application:
    """Add to an archived record what one that came back knows besides."""
    numbers = {view.number for view in archived.views}
    names = {one.name for one in archived.attachments}
    flags = {*archived.flags, *(_LASTING & {*record.flags})} - {Flag.HELD}
    is_placed = archived.position.reference is not None
    return archived.model_copy(
        update={
            "flags": tuple(sorted(flags | ({Flag.HELD} if hold else set()))),
            "hold": hold,
            "position": archived.position if is_placed else record.position,
            "archive_by": max(archived.archive_by, record.archive_by),
            "window_end": max(archived.window_end, record.window_end),
            "owed": record.owed,
            "told": record.told or archived.told,
            "markers": tuple(sorted({*archived.markers, *record.markers})),
            "views": (
                *archived.views,
                *(one for one in record.views if one.number not in numbers),
            ),
            "attachments": (
                *archived.attachments,
                *(one for one in record.attachments if one.name not in names),
            ),
        }
    )


def with_archived(
    record: Application, looked_at: Application, there: Container[str]
) -> Application:
    """Leave out of what is gone or broken the documents that the archive has whole."""
    known = {one.name: one.problem for one in record.all_attachments()}

    def restored(one: Attachment) -> Attachment:
        if f"documents/{one.name}" not in there:
            return one
        return one.model_copy(update={"problem": known.get(one.name)})

    changed = looked_at.with_attachments(restored)
    is_whole = changed.model_copy(update={"flags": record.flags}) == record
    return record if is_whole else changed


def _but_for_what_is_owed(record: Application) -> Application:
    # The ATS may be told meanwhile; from here on its workflow knows what is left.
    return record.model_copy(update={"owed": (), "told": ()})

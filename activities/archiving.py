"""The end of an open application: it is packed, verified, and only then removed."""

from collections.abc import Container
from contextlib import suppress

from temporalio import activity

from activities.reporting import note_unsent
from activities.threads import heartbeating, in_thread
from letterbox.domain.application import Application, Attachment, Flag, Hold, Stage
from letterbox.domain.ending_ports import Archives, Removal
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.messages import RetireResult
from letterbox.domain.owing import HasAts, has_no_ats
from letterbox.domain.ports import Applications
from letterbox.domain.standing import given_up
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.streams import digest_of
from letterbox.transition_log import note

# These are never taken back.
_LASTING = {Flag.CONFLICT, Flag.DUPLICATE, Flag.OVERDUE}


class ArchiveActivities:
    """Package an application, and remove its open copy."""

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

        A document that is missing or damaged by now is recorded as such, and does not
        keep the others from being archived.
        """
        async with heartbeating():
            record = await in_thread(self._pack, application_id)
        return Recorded.of(record)

    @activity.defn(name="retire")
    async def retire(self, application_id: str) -> RetireResult:
        """Remove the open copy, unless it is not what was packed any more."""
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

    def _retire(self, application_id: str) -> RetireResult:
        record = self._applications.find(application_id)
        if record is not None:
            # One that cannot be read stays in the inbox, where `letterbox audit` finds
            # it; its documents, if it brought any, were packed with the others.
            if any(True for _ in self._applications.submissions(application_id)):
                return RetireResult(done=False)
            packed, now = self._whole(application_id), self._final(record)
            if packed is None or _untold(packed) != _untold(now):
                return RetireResult(done=False)
        elif self._applications.ended(application_id) is None:
            # What lies there may be all there is: nothing stands for it.
            raise DamagedError("neither the record nor the archive is there")
        self._removal.delete_open_copy(application_id)
        if record is not None:
            note_unsent(record, record.status_changes)
        if record is not None or activity.info().attempt > 1:
            note(Transition.ARCHIVED, application_id)
        return RetireResult(deliver=self._deliver())

    def _whole(self, application_id: str) -> Application | None:
        """Return the archived record; None where the archive is not whole any more."""
        with suppress(FileNotFoundError, DamagedError):
            self._archives.verify(application_id)
            return self._archives.record(application_id)
        return None

    def _final(self, record: Application) -> Application:
        # The open record is not ours to change: others do, under the lock.
        if archived := self._archived_alone(record):
            record = rejoined(archived, record, self._removal.active_hold(record.id))
        inspected = with_problems(self._applications, record)
        if inspected != record:
            intact = self._archives.intact_paths(record.id)
            inspected = with_archived(record, inspected, intact)
        return final(inspected)

    def _archived_alone(self, record: Application) -> Application | None:
        """
        Read the archived record where the open copy is nothing but a record.

        Somebody wrote it who stood still while it was archived, or its removal was
        lost: then the archive is the whole, and keeps what it has.
        """
        if self._applications.view_numbers(record.id):
            return None
        with suppress(FileNotFoundError, DamagedError):
            return self._archives.record(record.id)
        return None


def final(record: Application) -> Application:
    """Return the record as it is archived: nobody tells its board anything more."""
    changes = given_up(record.status_changes)
    return record.model_copy(
        update={"stage": Stage.ARCHIVED, "status_changes": changes}
    )


def rejoined(
    archived: Application, record: Application, hold: Hold | None
) -> Application:
    """Add to an archived record what a record that came back has besides."""
    numbers = {view.number for view in archived.views}
    names = {attachment.name for attachment in archived.attachments}
    is_placed = archived.position.reference is not None
    flagged = archived.with_flag(*(_LASTING & {*record.flags}))
    return flagged.with_flag(Flag.HELD, is_up=hold is not None).model_copy(
        update={
            "hold": hold,
            "position": archived.position if is_placed else record.position,
            "archive_by": max(archived.archive_by, record.archive_by),
            "window_end": max(archived.window_end, record.window_end),
            "owed": record.owed,
            "told": record.told or archived.told,
            "markers": tuple(sorted({*archived.markers, *record.markers})),
            "views": (
                *archived.views,
                *(view for view in record.views if view.number not in numbers),
            ),
            "attachments": (
                *archived.attachments,
                *(new for new in record.attachments if new.name not in names),
            ),
        }
    )


def with_archived(
    record: Application, inspected: Application, intact: Container[str]
) -> Application:
    """Keep a problem out of the record where the archive has the document intact."""
    known = {before.name: before.problem for before in record.all_attachments()}

    def restored(attachment: Attachment) -> Attachment:
        if f"documents/{attachment.name}" not in intact:
            return attachment
        problem = known.get(attachment.name)
        return attachment.model_copy(update={"problem": problem})

    changed = inspected.with_attachments(restored)
    is_whole = changed.model_copy(update={"flags": record.flags}) == record
    return record if is_whole else changed


def with_problems(applications: Applications, record: Application) -> Application:
    """Read the documents of a record; say in it what is missing or damaged."""
    problems: dict[str, str | None] = {}

    def checked(attachment: Attachment) -> Attachment:
        name, digest = attachment.name, attachment.sha256
        if name is None or digest is None or attachment.scan == "infected":
            return attachment
        if name not in problems:
            problems[name] = _problem(applications, record.id, name, digest)
        problem = problems[name] or attachment.problem
        return attachment.model_copy(update={"problem": problem})

    changed = record.with_attachments(checked)
    return record if changed == record else changed.with_flag(Flag.INCOMPLETE)


def _problem(
    applications: Applications, application_id: str, name: str, digest: str
) -> str | None:
    try:
        with applications.open_document(application_id, name) as chunks:
            return None if digest_of(chunks) == digest else "damaged"
    except FileNotFoundError:
        return "missing"


def _untold(record: Application) -> Application:
    # The ATS may be told meanwhile; from here on its workflow knows what is left.
    return record.model_copy(update={"owed": (), "told": ()})

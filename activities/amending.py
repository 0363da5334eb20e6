"""The steps that change a record after it was made; each may run twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.sources import find_readable
from letterbox.domain.amendments import (
    assigned,
    delivered,
    requested_hold,
    scanned,
    with_hold,
)
from letterbox.domain.application import Application, EventType, Flag, Hold, Stage
from letterbox.domain.commands import (
    AssignInput,
    EndHoldInput,
    NoteClosingInput,
    NoteDeliveredInput,
    NoteFlagInput,
    NoteHoldInput,
    NoteScanInput,
    OweAgainInput,
    OweAgainResult,
    PlaceHoldInput,
    PlaceHoldResult,
)
from letterbox.domain.ending_ports import Holds
from letterbox.domain.errors import (
    DamagedError,
    EndedError,
    NotFoundError,
    RefusedError,
)
from letterbox.domain.matching import choose
from letterbox.domain.owing import HasAts, has_no_ats, owing, with_event, without_event
from letterbox.domain.ports import Applications
from letterbox.domain.positions import Catalogue, ReferenceKind
from letterbox.domain.recording import Recorder
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note, note_hold, note_request

_KEPT_NO_LONGER = (
    "its archive was kept for as long as configured: there is nothing to hold"
)

log = structlog.get_logger()


class AmendActivities:
    """Read a record, change one thing, write it back."""

    def __init__(
        self,
        *,
        applications: Applications,
        catalogue: Catalogue,
        holds: Holds,
        recorder: Recorder,
        deliver: HasAts = has_no_ats,
    ) -> None:
        self._applications = applications
        self._catalogue = catalogue
        self._holds = holds
        self._recorder = recorder
        self._deliver = deliver

    @activity.defn(name="note_closing", no_thread_cancel_exception=True)
    def note_closing(self, args: NoteClosingInput) -> Recorded:
        """Move the archive date: the window runs from the later of two moments."""
        record = self._find(args.application_id)
        changed = self._recorder.with_closing(record, args.closed_at, args.now)
        saved = self._save(record, changed)
        if changed != record:
            note(Transition.CLOSED, record.id, archive_by=changed.archive_by)
        return saved

    @activity.defn(name="assign_position", no_thread_cancel_exception=True)
    def assign_position(self, args: AssignInput) -> Recorded:
        """Take a person's choice of a position, if it is one that can be chosen."""
        with refusing_damage():
            record = self._find(args.application_id)
            reference = args.given.reference
            positions = self._catalogue.find(ReferenceKind.REFERENCE, reference)
            position = choose(positions, args.given.hirer or record.source.hirer)
        now = datetime.now(UTC)
        # It is open: a close that it names is only planned.
        changed = assigned(record, position, args.given.by, now)
        is_done, event_id = changed is record, args.delivery_id
        if not is_done:
            # Else chosen already, perhaps by this very step: what is owed stays owed.
            changed = with_event(changed, EventType.MATCHED, now, event_id)
        saved = self._save(record, changed)
        note_request(
            Transition.ASSIGNED,
            record.id,
            command=args.given,
            is_done=is_done,
            position=position.reference,
        )
        return saved

    @activity.defn(name="place_hold", no_thread_cancel_exception=True)
    def place_hold(self, args: PlaceHoldInput) -> Recorded:
        """Place or release a hold, and note it, for runs that older releases began."""
        application_id, command = args.application_id, args.given
        before = self._holds.find(application_id)
        now = datetime.now(UTC)
        hold = None if command.release else requested_hold(command, before, now)
        if hold is None:
            self._holds.release(application_id)
        with refusing_damage():
            record = self._applications.find(application_id)
        ended = None if record else self._applications.ended(application_id)
        if record is None and ended is None:
            raise NotFoundError("the application is not recorded")
        if hold:
            self._place(application_id, hold)
        note_hold(application_id, command, before)
        if record:
            changed = with_hold(record, hold, now, command.by, command.reason)
            return self._save(record, changed)
        return Recorded(stage=ended, flags=(Flag.HELD,) if hold else ())

    @activity.defn(name="write_hold", no_thread_cancel_exception=True)
    def write_hold(self, args: PlaceHoldInput) -> PlaceHoldResult:
        """Place or release a hold: its own object, which is the truth about it."""
        application_id, command = args.application_id, args.given
        before = self._holds.find(application_id)
        if command.release:
            # Whatever has become of the application: its hold must not stay.
            self._holds.release(application_id)
        ended = self._applications.ended(application_id)
        if not command.release:
            is_known = args.was_recorded or self._applications.known(application_id)
            if not ended and not is_known:
                raise NotFoundError("there is no such application")
            hold = requested_hold(command, before, datetime.now(UTC))
            self._place(application_id, hold)
            self._refuse_if_removed_meanwhile(application_id, ended)
        note_hold(application_id, command, before)
        return PlaceHoldResult(
            is_held=not command.release,
            was_held=before is not None,
            until=command.until,
            ended=ended,
        )

    @activity.defn(name="note_hold", no_thread_cancel_exception=True)
    def note_hold(self, args: NoteHoldInput) -> Recorded:
        """Write into the record what the hold's own object says."""
        record = self._find(args.application_id)
        hold = self._holds.find(record.id)
        now = datetime.now(UTC)
        changed = with_hold(record, hold, now, args.by, args.reason)
        return self._save(record, changed)

    @activity.defn(name="end_hold", no_thread_cancel_exception=True)
    def end_hold(self, args: EndHoldInput) -> Recorded:
        """Release a hold whose time is up."""
        hold = self._holds.find(args.application_id)
        is_over = hold and not hold.is_active(args.now or datetime.now(UTC))
        if hold is None or is_over:
            self._holds.release(args.application_id)
        if hold and is_over:
            note(Transition.RELEASED, args.application_id, until=hold.until)
            hold = None
        record = self._find(args.application_id)
        return self._save(record, with_hold(record, hold, datetime.now(UTC)))

    @activity.defn(name="refuse_if_held", no_thread_cancel_exception=True)
    def refuse_if_held(self, application_id: str) -> None:
        """Refuse what would delete a held application, with the reason of the hold."""
        hold = self._holds.find(application_id)
        if hold and hold.is_active(datetime.now(UTC)):
            until = f"until {hold.until:%Y-%m-%d}" if hold.until else "until released"
            raise RefusedError(
                f"held {until} ({hold.reason or 'no reason given'}): release it first, "
                "`letterbox hold ID --release`"
            )

    @activity.defn(name="note_scan", no_thread_cancel_exception=True)
    def note_scan(self, args: NoteScanInput) -> Recorded:
        """Take over the verdicts of a later scan."""
        record = self._find(args.application_id)
        changed = scanned(record, args.scanned)
        return self._save(record, owing(record, changed, datetime.now(UTC)))

    @activity.defn(name="note_delivered", no_thread_cancel_exception=True)
    def note_delivered(self, args: NoteDeliveredInput) -> Recorded | None:
        """
        Owe an event no longer; None where it has ended, or cannot be read.

        What an older run says the ATS wants no more stays owed.
        """
        if not args.is_delivered:
            return None
        # What the ATS has is no reason to hold anything else up.
        record = find_readable(self._applications, args.application_id)
        if record is None:
            return None
        changed = without_event(record, args.delivery_id, datetime.now(UTC))
        return self._save(record, delivered(changed))

    @activity.defn(name="owe_again", no_thread_cancel_exception=True)
    def owe_again(self, args: OweAgainInput) -> OweAgainResult:
        """Owe the ATS one more event, of where the application stands now."""
        if not self._deliver():
            return OweAgainResult(deliver=False)
        record = find_readable(self._applications, args.application_id)
        if record is None:
            return OweAgainResult(deliver=True)
        now = datetime.now(UTC)
        changed = with_event(record, EventType.UPDATED, now, args.delivery_id)
        return OweAgainResult(deliver=True, recorded=self._save(record, changed))

    @activity.defn(name="note_flag", no_thread_cancel_exception=True)
    def note_flag(self, args: NoteFlagInput) -> Recorded:
        """Raise a flag in the record."""
        record = self._find(args.application_id)
        return self._save(record, record.with_flag(args.flag))

    @activity.defn(name="note_overdue", no_thread_cancel_exception=True)
    def note_overdue(self, application_id: str) -> Recorded:
        """Raise the alarm for a workflow that an older release has begun."""
        log.error("archive overdue", application=application_id)
        activity.metric_meter().create_counter(
            "letterbox_overdue", "Applications whose archive is overdue."
        ).add(1)
        return self.note_flag(
            NoteFlagInput(application_id=application_id, flag=Flag.OVERDUE)
        )

    def _place(self, application_id: str, hold: Hold) -> None:
        if refusal := _why_not_held(self._applications.ended(application_id)):
            raise RefusedError(refusal)
        try:
            self._holds.place(application_id, hold)
        except EndedError:
            raise RefusedError(_KEPT_NO_LONGER) from None

    def _refuse_if_removed_meanwhile(
        self, application_id: str, before: Stage | None
    ) -> None:
        """Take a hold back that came too late: an erasure looks before it removes."""
        refusal = _why_not_held(self._applications.ended(application_id))
        if before is Stage.ARCHIVED and not self._applications.known(application_id):
            # A bucket's own rule has removed it, and leaves no tombstone.
            refusal = _KEPT_NO_LONGER
        if refusal:
            self._holds.release(application_id)
            raise RefusedError(refusal)

    def _find(self, application_id: str) -> Application:
        record = self._applications.find(application_id)
        if record is None:
            raise NotFoundError("the application is not recorded")
        return record

    def _save(self, record: Application, changed: Application) -> Recorded:
        try:
            if changed != record:
                self._applications.update(changed, record)
                self._applications.take_back_if_ended(record.id)
        except EndedError as error:
            return Recorded(stage=error.stage)
        return Recorded.of(changed, deliver=self._deliver())


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Refuse what a person waits for, instead of trying for ever."""
    try:
        yield
    except DamagedError as error:
        raise RefusedError(f"{error}: see `letterbox audit`") from None


def _why_not_held(ended: Stage | None) -> str | None:
    is_removed = ended in {Stage.ERASED, Stage.DISCARDED}
    return (
        f"the application is {ended}: there is nothing to hold" if is_removed else None
    )

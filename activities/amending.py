"""What becomes of a record after it was made: each change once, however often told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.owing import HasAts, has_no_ats, owing, with_event, without_event
from letterbox.domain.amendments import (
    assigned,
    delivered,
    flagged,
    held,
    released,
    scanned,
)
from letterbox.domain.application import Application, EventType, Flag, Hold, Stage
from letterbox.domain.commands import (
    Assigning,
    Closing,
    EndingHold,
    EventOver,
    Held,
    Holding,
    NotedScan,
    NotingHold,
    PlacingHold,
    Raised,
    TellingAgain,
    ToldAgain,
)
from letterbox.domain.errors import (
    DamagedError,
    EndedError,
    NotFoundError,
    RefusedError,
)
from letterbox.domain.ports import Applications, Catalogue, Holds
from letterbox.domain.positions import Position, PositionStatus, ReferenceKind
from letterbox.domain.recording import Recorder
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note, note_hold, note_request

_KEPT_NO_LONGER = "its archive was kept as long as it was to be: nothing to hold"

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
    def note_closing(self, given: Closing) -> Recorded:
        """Move the archive date: the window runs from the later of two moments."""
        record = self._find(given.application_id)
        changed = self._recorder.with_closing(record, given.closed_at, given.now)
        kept = self._keep(record, changed)
        if changed != record:
            note(Transition.CLOSED, record.id, archive_by=changed.archive_by)
        return kept

    @activity.defn(name="assign_position", no_thread_cancel_exception=True)
    def assign_position(self, given: Assigning) -> Recorded:
        """Take a person's choice of a position, if it is one that can be chosen."""
        with _refusing_damage():
            record = self._find(given.application_id)
            position = self._choose(given, record.source.hirer)
        now = datetime.now(UTC)
        # It is open: a close that it names is only planned.
        changed = assigned(record, position, given.given.by, now)
        # Whenever a person chooses, whatever was chosen before.
        name = given.delivery_id
        kept = self._keep(record, with_event(changed, EventType.MATCHED, now, name))
        note_request(
            Transition.ASSIGNED,
            record.id,
            asked=given.given,
            is_done=changed is record,
            position=position.reference,
        )
        return kept

    @activity.defn(name="place_hold", no_thread_cancel_exception=True)
    def place_hold(self, given: PlacingHold) -> Recorded:
        """Hold an application, or hold it no longer; an archived one too."""
        application_id, asked = given.application_id, given.given
        hold = None if asked.release else _hold(asked)
        before = self._holds.find(application_id)
        if hold is None:
            self._holds.release(application_id)
        with _refusing_damage():
            record = self._applications.find(application_id)
        ended = None if record else self._applications.ended(application_id)
        if record is None and ended is None:
            raise NotFoundError("the application is not recorded")
        if hold:
            self._place(application_id, hold)
        note_hold(application_id, asked, before)
        if record:
            changed = (
                held(record, hold)
                if hold
                else released(record, asked.by, datetime.now(UTC))
            )
            return self._keep(record, changed)
        return Recorded(stage=ended, flags=(Flag.HELD,) if hold else ())

    @activity.defn(name="write_hold", no_thread_cancel_exception=True)
    def write_hold(self, given: PlacingHold) -> Held:
        """Place or release a hold: its own object, which is the truth about it."""
        application_id, asked = given.application_id, given.given
        before = self._holds.find(application_id)
        if asked.release:
            # Whatever has become of the application: its hold must not stay.
            self._holds.release(application_id)
        ended = self._applications.ended(application_id)
        if not asked.release:
            is_known = given.was_recorded or self._applications.known(application_id)
            if not ended and not is_known:
                raise NotFoundError("there is no such application")
            self._place(application_id, _hold(asked))
            self._refuse_if_removed_meanwhile(application_id, ended)
        note_hold(application_id, asked, before)
        return Held(is_held=not asked.release, until=asked.until, ended=ended)

    @activity.defn(name="note_hold", no_thread_cancel_exception=True)
    def note_hold(self, given: NotingHold) -> Recorded:
        """Say in the record what the hold's own object says."""
        hold = self._holds.find(given.application_id)
        return self._amend(
            given.application_id,
            lambda record: (
                held(record, hold)
                if hold
                else released(record, given.by, datetime.now(UTC))
            ),
        )

    @activity.defn(name="end_hold", no_thread_cancel_exception=True)
    def end_hold(self, given: EndingHold) -> Recorded:
        """Release a hold whose time is up."""
        application_id = given.application_id
        hold = self._holds.find(application_id)
        if hold and hold.is_active(given.now or datetime.now(UTC)):
            return self._amend(application_id, lambda record: held(record, hold))
        self._holds.release(application_id)
        if hold:
            note(Transition.RELEASED, application_id, until=hold.until)
        return self._amend(application_id, released)

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
    def note_scan(self, given: NotedScan) -> Recorded:
        """Take over what a later look by the virus scanner told."""
        record = self._find(given.application_id)
        changed = scanned(record, given.scanned)
        return self._keep(record, owing(record, changed, datetime.now(UTC)))

    @activity.defn(name="note_delivered", no_thread_cancel_exception=True)
    def note_delivered(self, given: EventOver) -> Recorded | None:
        """
        Owe an event no longer; None where it has ended, or cannot be read.

        What an older run says the ATS wants no more stays owed.
        """
        if not given.is_delivered:
            return None
        try:
            record = self._applications.find(given.application_id)
        except DamagedError:
            # What the ATS has is no reason to hold anything else up.
            return None
        if record is None:
            return None
        changed = without_event(record, given.delivery_id, datetime.now(UTC))
        return self._keep(record, delivered(changed))

    @activity.defn(name="owe_again", no_thread_cancel_exception=True)
    def owe_again(self, given: TellingAgain) -> ToldAgain:
        """Owe the ATS one more event, of where the application stands now."""
        if not self._deliver():
            return ToldAgain(deliver=False)
        try:
            record = self._applications.find(given.application_id)
        except DamagedError:
            record = None
        if record is None:
            return ToldAgain(deliver=True)
        now = datetime.now(UTC)
        changed = with_event(record, EventType.UPDATED, now, given.delivery_id)
        return ToldAgain(deliver=True, recorded=self._keep(record, changed))

    @activity.defn(name="note_flag", no_thread_cancel_exception=True)
    def note_flag(self, given: Raised) -> Recorded:
        """Raise a flag in the record."""
        return self._amend(
            given.application_id, lambda record: flagged(record, given.flag)
        )

    @activity.defn(name="note_overdue", no_thread_cancel_exception=True)
    def note_overdue(self, application_id: str) -> Recorded:
        """Raise the alarm for a workflow that an older release has begun."""
        log.error("archive overdue", application=application_id)
        activity.metric_meter().create_counter(
            "letterbox_overdue", "Applications whose archive is overdue."
        ).add(1)
        return self._amend(application_id, lambda record: flagged(record, Flag.OVERDUE))

    def _place(self, application_id: str, hold: Hold) -> None:
        ended = self._applications.ended(application_id)
        if ended in {Stage.ERASED, Stage.DISCARDED}:
            raise RefusedError(f"the application is {ended}: nothing to hold")
        try:
            self._holds.place(application_id, hold)
        except EndedError:
            raise RefusedError(_KEPT_NO_LONGER) from None

    def _refuse_if_removed_meanwhile(
        self, application_id: str, before: Stage | None
    ) -> None:
        """Take a hold back that came too late: an erasure looks before it removes."""
        ended = self._applications.ended(application_id)
        if ended in {Stage.ERASED, Stage.DISCARDED}:
            self._holds.release(application_id)
            raise RefusedError(f"the application is {ended}: nothing to hold")
        if before is Stage.ARCHIVED and not self._applications.known(application_id):
            # A bucket's own rule has removed it, and leaves no tombstone.
            self._holds.release(application_id)
            raise RefusedError(_KEPT_NO_LONGER)

    def _amend(
        self, application_id: str, change: Callable[[Application], Application]
    ) -> Recorded:
        record = self._find(application_id)
        return self._keep(record, change(record))

    def _find(self, application_id: str) -> Application:
        record = self._applications.find(application_id)
        if record is None:
            raise NotFoundError("the application is not recorded")
        return record

    def _keep(self, record: Application, changed: Application) -> Recorded:
        try:
            if changed != record:
                self._applications.update(changed, record)
                self._applications.take_back_if_ended(record.id)
        except EndedError as error:
            return Recorded(stage=error.stage)
        return Recorded.of(changed, deliver=self._deliver())

    def _choose(self, given: Assigning, hirer: str | None) -> Position:
        asked = given.given
        wanted = asked.hirer or hirer
        found = [
            position
            for position in self._catalogue.find(
                ReferenceKind.REFERENCE, asked.reference
            )
            if wanted is None or position.hirer in {None, wanted}
        ]
        if not found:
            raise RefusedError(
                "no such position of this hirer in the catalogue: put it there first, "
                "by an import or by PUT /positions/{ref}"
            )
        if len(found) > 1:
            raise RefusedError("several hirers have such a position: name the hirer")
        if found[0].status is not PositionStatus.OPEN:
            raise RefusedError(f"the position is {found[0].status}: open it first")
        return found[0]


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Tell whoever asked, since trying for ever would keep all else waiting."""
    try:
        yield
    except DamagedError as error:
        raise RefusedError(f"{error}: see what `letterbox audit` says") from None


def _hold(asked: Holding) -> Hold:
    return Hold(
        reason=asked.reason,
        until=asked.until,
        by=asked.by,
        placed_at=datetime.now(UTC),
    )

"""Where a candidate stands: noted in the record first, then told to the board."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.amending import refusing_damage
from activities.seldom import Seldom
from activities.sources import find_readable
from activities.threads import heartbeating, in_thread
from letterbox.boards.reports import StandingReport, StatusSender
from letterbox.domain.application import Application
from letterbox.domain.commands import (
    NoteReportingInput,
    NoteStatusInput,
    NoteStatusResult,
    SendStatusInput,
    SendStatusResult,
)
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    EndedError,
    NotFoundError,
    NoWordError,
    RefusedError,
)
from letterbox.domain.owing import HasAts, has_no_ats
from letterbox.domain.ports import Applications
from letterbox.domain.standing import (
    Reporting,
    StatusChange,
    StatusChanges,
    find_change,
    owed_changes,
    shortened,
    told_before,
    with_change,
    with_reporting,
)
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

_TRANSITIONS = {
    Reporting.SENT: Transition.SENT,
    Reporting.REFUSED: Transition.DECLINED,
    Reporting.UNSUPPORTED: Transition.UNSUPPORTED,
}

log = structlog.get_logger()


class StatusActivities:
    """
    Note a status, tell the board, note what came of it; each may run twice.

    ``senders`` are of the boards that can be told; another worker may have more.
    """

    def __init__(
        self,
        *,
        applications: Applications,
        senders: Mapping[str, StatusSender],
        deliver: HasAts = has_no_ats,
    ) -> None:
        self._applications = applications
        self._senders = senders
        self._deliver = deliver
        self._refusals = Seldom()

    @activity.defn(name="note_status", no_thread_cancel_exception=True)
    def note_status(self, args: NoteStatusInput) -> NoteStatusResult:
        """Write a status into the record, once for each id (EndedError)."""
        report = args.given
        with refusing_damage():
            record = self._applications.find(args.application_id)
        if record is None:
            raise NotFoundError("the application is not recorded")
        known = find_change(record.status_changes, report.id)
        if known and known.status is not report.status:
            raise RefusedError(
                f"the id {report.id!r} was used for the status {known.status.value}: "
                "give each change an id of its own"
            )
        if known is None:
            is_taken = record.source.board in self._senders
            change = StatusChange(
                **report.model_dump(exclude={"request_id"}),
                noted_at=datetime.now(UTC),
                reporting=Reporting.OWED if is_taken else Reporting.UNSUPPORTED,
            )
            changes = with_change(record.status_changes, change)
            known = find_change(changes, report.id) or change
            kept = shortened(changes)
            changed = record.model_copy(update={"status_changes": kept})
            forgotten = tuple(one for one in changes if one not in kept)
        else:
            changed, forgotten = record, ()
        # Whoever is answered that it is owed must find it in the record.
        self._write(record, changed)
        if changed is record:
            about = {"what": Transition.NOTED.value, "by": report.by}
            note(Transition.REPEATED, record.id, **about, request_id=report.request_id)
        else:
            about = {"by": known.by, "request_id": report.request_id}
            _note_change(Transition.NOTED, record.id, known, **about)
            note_unsent(record, forgotten)
        recorded = Recorded.of(changed, deliver=self._deliver())
        return NoteStatusResult(recorded=recorded, reporting=known.reporting)

    @activity.defn(name="send_status")
    async def send_status(self, args: SendStatusInput) -> SendStatusResult:
        """Tell the board once; Temporal tries again for as long as it is owed."""
        async with heartbeating():
            # One that cannot be read may be mended, and what it owes is told then.
            record = await in_thread(self._applications.find, args.application_id)
            changes = record.status_changes if record else ()
            change = find_change(changes, args.change_id)
            if not record or not change or change.reporting is not Reporting.OWED:
                return SendStatusResult()
            board = record.source.board
            reporting = await self._tell(record, change)
        count_status(board, reporting)
        return SendStatusResult(reporting=reporting)

    @activity.defn(name="note_reporting", no_thread_cancel_exception=True)
    def note_reporting(self, args: NoteReportingInput) -> Recorded | None:
        """Note what has come of it; None where the record is there no more."""
        record = find_readable(self._applications, args.application_id)
        if record is None:
            return None
        before, now = record.status_changes, datetime.now(UTC)
        changes = with_reporting(before, args.change_id, args.reporting, now)
        changed = record.model_copy(update={"status_changes": changes})
        try:
            self._write(record, changed)
        except EndedError as error:
            return Recorded(stage=error.stage)
        known = find_change(changes, args.change_id)
        transition = _TRANSITIONS.get(args.reporting)
        if known and transition and changes != before:
            _note_change(transition, record.id, known)
        return Recorded.of(changed, deliver=self._deliver())

    async def _tell(self, record: Application, change: StatusChange) -> Reporting:
        board = record.source.board
        report = StandingReport(
            source=record.source,
            position=record.position.reference,
            received_at=record.received_at,
            change=change,
            before=told_before(record.status_changes, change.id),
        )
        refusal = ""
        try:
            await self._sender(board).send_status(report)
        except NoWordError:
            return Reporting.UNSUPPORTED
        except BoardRefusedError as error:
            refusal = str(error)
        except BoardUnavailableError as error:
            count_status(board, "failed")
            if self._refusals.is_time(board):
                log.warning("a board takes no status", board=board, reason=str(error))
            raise
        if not refusal:
            return Reporting.SENT
        log.error("the board refuses a status", application=record.id, reason=refusal)
        return Reporting.REFUSED

    def _sender(self, board: str) -> StatusSender:
        sender = self._senders.get(board)
        if sender is None:
            raise BoardUnavailableError(
                "this worker has no settings to report statuses to the board with: "
                "all workers need the same"
            )
        return sender

    def _write(self, record: Application, changed: Application) -> None:
        if changed != record:
            self._applications.update(changed, record)
            self._applications.take_back_if_ended(record.id)


def _note_change(
    transition: Transition, application_id: str, change: StatusChange, **about: str
) -> None:
    """Log what happened to a change, by its status and the ATS's own id of it."""
    is_noted = transition is Transition.NOTED
    note(
        transition,
        application_id,
        status=change.status.value,
        change=change.id,
        reporting=change.reporting.value if is_noted else None,
        **about,
    )


def note_unsent(record: Application, changes: StatusChanges) -> None:
    """Log what the board is not told any more: a status must not go without a word."""
    for change in owed_changes(changes):
        note(Transition.UNSENT, record.id, status=change.status.value)
        count_status(record.source.board, Reporting.UNSENT)


def count_status(board: str, outcome: str) -> None:
    """Count an attempt to tell a board a status, or that there will be no other."""
    if not activity.in_activity():
        return
    counter = activity.metric_meter().create_counter(
        "letterbox_statuses", "Attempts to tell a board where a candidate stands."
    )
    counter.add(1, {"board": board, "outcome": str(outcome)})

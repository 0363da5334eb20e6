"""How a submission, and what was found out about it, becomes the record."""

from datetime import UTC, datetime, timedelta
from typing import Any

from letterbox.domain.amendments import scan_flags, verdict
from letterbox.domain.application import (
    Application,
    Attachment,
    Flag,
    PositionOpening,
    Stage,
    View,
)
from letterbox.domain.documents import DocumentProblem
from letterbox.domain.file_names import safe_file_name
from letterbox.domain.messages import (
    InspectedDocument,
    MatchedPosition,
    RecordInput,
    ScanResult,
)
from letterbox.domain.reading import Reading
from letterbox.domain.retention import archive_due, happened, window_end
from letterbox.domain.submission import ReceivedDocument, Submission

# They speak of what a view shows; another view may show otherwise.
_OF_THE_VIEW = {
    Flag.INCOMPLETE,
    Flag.ODD_FILE,
    Flag.UNAVAILABLE,
    Flag.INFECTED,
    Flag.UNSCANNED,
    Flag.CONSENT,
}


class Recorder:
    """Makes and amends records; ``retention`` and ``margin`` set the archive date."""

    def __init__(self, *, retention: timedelta, margin: timedelta) -> None:
        self._retention = retention
        self._margin = margin

    def first(
        self, submission: Submission, reading: Reading, args: RecordInput
    ) -> Application:
        """Make the canonical record of a first submission."""
        matched = args.matched or MatchedPosition()
        attachments = _attachments(submission, args)
        return Application(
            id=submission.application_id,
            stage=_stage(matched, args),
            flags=_flags(submission, reading, attachments, args),
            applied_at=reading.applied_at,
            received_at=submission.received_at,
            **self._dates(reading.applied_at, matched.closed_at),
            source=reading.source,
            candidate=reading.candidate,
            attachments=attachments,
            answers=reading.answers,
            position=_opening(matched),
            region=submission.region,
            views=(_view(args, submission),),
            shown_view=args.step.view,
        )

    def with_conflict(
        self, record: Application, submission: Submission, args: RecordInput
    ) -> Application:
        """
        Add another view under the same id; nothing of the first is changed.

        The view lists its documents: they may be of anyone.
        """
        others = _attachments(submission, args)
        flags = {*record.flags, Flag.CONFLICT, *scan_flags(others)}
        if args.scanned and args.scanned.infected:
            flags |= {Flag.INFECTED}
        return _changed(record, submission, args, flags=flags)

    def with_loss(self, record: Application, *, is_asked: bool) -> Application:
        """Flag that a submission is lost; a board that can be asked is asked again."""
        changed = record.with_flag(Flag.INCOMPLETE)
        return changed.with_flag(Flag.UNAVAILABLE) if is_asked else changed

    def with_reduced_view(
        self,
        record: Application,
        submission: Submission,
        args: RecordInput,
        lacking: Flag,
    ) -> Application:
        """Add a view that shows less than we hold; what we hold stays the record."""
        flags = {*record.flags, lacking} - {Flag.UNAVAILABLE}
        again = set() if args.whole else {Flag.UNAVAILABLE}
        return _changed(record, submission, args, flags=flags | again)

    def with_newer_view(
        self,
        record: Application,
        submission: Submission,
        reading: Reading,
        args: RecordInput,
    ) -> Application:
        """Put a newer view in the record's place; its position stays, once found."""
        newer = self.first(submission, reading, args)
        is_placed = record.position.reference is not None
        kept = {flag for flag in record.flags if flag not in _OF_THE_VIEW}
        names = {attachment.name for attachment in newer.attachments}
        lost = [old for old in record.attachments if old.name and old.name not in names]
        vouched = {old.name: old.released for old in record.attachments}
        attachments = (
            *(
                new.model_copy(update={"released": vouched.get(new.name)})
                for new in newer.attachments
            ),
            *lost,
        )
        return _changed(
            newer,
            submission,
            args,
            flags={*newer.flags, *kept, *scan_flags(attachments)},
            stage=record.stage if is_placed else newer.stage,
            position=record.position if is_placed else newer.position,
            attachments=attachments,
            received_at=record.received_at,
            archive_by=max(record.archive_by, newer.archive_by),
            window_end=max(record.window_end, newer.window_end),
            views=record.views,
            hold=record.hold,
            handled=record.handled,
            markers=record.markers,
            owed=record.owed,
            told=record.told,
            status_changes=record.status_changes,
        )

    def with_closing(
        self, record: Application, closed_at: datetime, now: datetime | None = None
    ) -> Application:
        """
        Move the archive date; news of a close only ever moves it later.

        A close that is only planned counts as one of ``now``, which is Temporal's
        clock where it is known.
        """
        dates = self._dates(record.applied_at, closed_at, now)
        later = {name: max(getattr(record, name), date) for name, date in dates.items()}
        return record.model_copy(update=later)

    def _dates(
        self,
        applied_at: datetime,
        closed_at: datetime | None,
        now: datetime | None = None,
    ) -> dict[str, datetime]:
        if closed_at:
            closed_at = happened(closed_at, now or datetime.now(UTC))
        due = archive_due(
            applied_at, closed_at, retention=self._retention, margin=self._margin
        )
        end = window_end(applied_at, closed_at, self._retention)
        return {"archive_by": due, "window_end": end}


def _changed(
    record: Application,
    submission: Submission,
    args: RecordInput,
    *,
    flags: set[Flag],
    **changes: Any,
) -> Application:
    views = changes.pop("views", record.views)
    return record.model_copy(
        update={
            **changes,
            "flags": tuple(sorted(flags)),
            "views": (*views, _view(args, submission)),
        }
    )


def _stage(matched: MatchedPosition, args: RecordInput) -> Stage:
    if not args.available:
        return Stage.RECEIVED
    return Stage.MATCHED if matched.reference else Stage.TRIAGE


def _opening(matched: MatchedPosition) -> PositionOpening:
    return PositionOpening(
        reference=matched.reference,
        hirer=matched.hirer,
        title=matched.title,
        matched_by=matched.matched_by,
        triage=matched.triage,
    )


def _view(args: RecordInput, submission: Submission) -> View:
    return View(
        number=args.step.view,
        fingerprint=submission.fingerprint,
        received_at=submission.received_at,
        attachments=_attachments(submission, args),
    )


def _attachments(submission: Submission, args: RecordInput) -> tuple[Attachment, ...]:
    return tuple(
        _attachment(one, submission, args.scanned) for one in args.stored.documents
    )


def _attachment(
    document: InspectedDocument, submission: Submission, scanned: ScanResult | None
) -> Attachment:
    came = next(
        (
            one
            for one in submission.documents
            if (one.name, one.role) == (document.name, document.role)
        ),
        None,
    )
    return Attachment(
        role=document.role,
        name=document.name,
        sha256=document.name and document.name.partition(".")[0],
        size=document.size,
        filename=_file_name(came) if came else None,
        declared_type=came.declared_type if came else None,
        media_type=document.media_type,
        problem=_problem(document, came),
        scan=verdict(scanned, document.name) if scanned and document.name else None,
        question_id=came.question_id if came else None,
    )


def _problem(document: InspectedDocument, came: ReceivedDocument | None) -> str | None:
    is_original = came is not None and came.is_original
    is_odd = document.problem in set(DocumentProblem) - {
        DocumentProblem.NOT_LOOKED_INTO
    }
    return None if is_original and is_odd else document.problem


def _file_name(came: ReceivedDocument) -> str | None:
    """Return a safe file name: the stored one for ".."; None if there was no name."""
    return safe_file_name(came.filename) or (came.name if came.filename else None)


def _flags(
    submission: Submission,
    reading: Reading,
    attachments: tuple[Attachment, ...],
    args: RecordInput,
) -> tuple[Flag, ...]:
    problems = {attachment.problem for attachment in attachments} - {None}
    unusual = problems & set(DocumentProblem)
    raised = {
        Flag.INCOMPLETE: reading.incomplete or problems - unusual,
        Flag.ODD_FILE: unusual,
        Flag.CONSENT: reading.is_consent_withheld,
        Flag.REPEATED_ID: reading.is_id_repeated,
        Flag.REGION: submission.region is not None and submission.region.elsewhere,
        Flag.UNAVAILABLE: not (args.available and args.whole)
        or "unavailable" in problems,
    }
    up = {flag for flag, is_up in raised.items() if is_up}
    return tuple(sorted(up | scan_flags(attachments)))

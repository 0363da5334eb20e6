"""The steps of an application on our own store: short, so local activities."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from temporalio import activity

from activities.asking import Asking
from activities.collecting import Collector, IntakeOptions
from activities.duplicates import is_duplicate
from activities.inspection import Inspector
from activities.matching import Matcher
from activities.removing import Ending
from activities.sources import Inbox, Sources, find_view
from letterbox.boards.abilities import is_notice_board
from letterbox.boards.base import Board
from letterbox.domain.amendments import held
from letterbox.domain.application import Application, Flag, Stage
from letterbox.domain.ending_ports import Removal
from letterbox.domain.errors import EndedError, HeldError
from letterbox.domain.messages import (
    MatchedPosition,
    RecordInput,
    StepInput,
    StoredDocuments,
    StoreInput,
    StoreResult,
)
from letterbox.domain.owing import owing
from letterbox.domain.ports import Applications, Candidates
from letterbox.domain.positions import Catalogue
from letterbox.domain.reading import Reading
from letterbox.domain.recording import Recorder
from letterbox.domain.status import Recorded
from letterbox.domain.submission import Submission
from letterbox.transition_log import note_record


class ApplicationActivities:
    """Take over what lies in the inbox and make the application of it."""

    def __init__(  # noqa: PLR0913 what the steps need
        self,
        *,
        applications: Applications,
        catalogue: Catalogue,
        boards: Mapping[str, Board],
        recorder: Recorder,
        candidates: Candidates,
        removal: Removal,
        inspector: Inspector,
        options: IntakeOptions,
    ) -> None:
        self._applications = applications
        self._matcher = Matcher(catalogue, discard_unmatched=options.discard_unmatched)
        self._boards = boards
        self._recorder = recorder
        self._candidates = candidates
        self._removal = removal
        self._inbox = Inbox(applications, boards)
        self._sources = Sources(applications, boards, self._inbox)
        self._asking = Asking(applications, boards, self._inbox)
        self._ending = Ending(applications, removal, options.deliver)
        self._inspector = inspector
        self._options = options
        self._collector = Collector(
            applications=applications,
            inbox=self._inbox,
            sources=self._sources,
            asking=self._asking,
            ending=self._ending,
            options=options,
        )

    @activity.defn(name="store_documents", no_thread_cancel_exception=True)
    def store_documents(self, args: StoreInput) -> StoreResult:
        """
        Take over the next submission; store its documents, and see what they are.

        A notice has none yet: its board has to be asked.
        """
        try:
            with self._applications.together(args.application_id):
                return self._stored(args)
        except EndedError as error:
            return StoreResult(ended=error.stage, deliver=self._options.deliver())

    def _stored(self, args: StoreInput) -> StoreResult:
        collected, source = self._collector.collect(args)
        if source is None or collected.fetch:
            return collected
        step = StepInput(
            application_id=args.application_id,
            view=collected.view,
            repeated=collected.repeated,
        )
        stored = self._inspected(step, source, self._sources.reading_of(source))
        return collected.model_copy(update={"stored": stored})

    @activity.defn(name="match_position", no_thread_cancel_exception=True)
    def match_position(self, args: RecordInput) -> Recorded:
        """
        Find the position, make the submission part of the record, clear the inbox.

        A submission that differs from the one recorded is kept beside it, flagged
        ``conflict``: it may come from anyone who saw the first, and leaves the position
        alone. What was fetched anew takes the record's place, unless the board shows
        less than before.
        """
        step = args.step
        record = self._applications.find(step.application_id)
        source = self._sources.read(step)
        if source is None:
            return self._without_source(record, step)
        submission, reading = source
        if record and any(view.number == step.view for view in record.views):
            # Whoever wrote it may not have lived to do the rest.
            return self._concluded(submission, record)
        is_first = record is None or self._asking.is_newer_view(submission, record)
        if is_first and args.matched is None:
            args = args.model_copy(update={"matched": self._matcher.find(reading)})
        if self._sources.is_unanswered(submission):
            # What was fetched has been lost since: the board is asked again.
            args = args.model_copy(update={"available": False})
        if self._is_unwanted(record, args):
            with suppress(HeldError):
                foreign = self._recorder.first(submission, reading, args)
                return self._ending.discard(foreign)
        changed = self._changed(record, submission, reading, args)
        # What the ATS is owed is written with what it is told of.
        changed = owing(record, changed, datetime.now(UTC))
        # The markers first: a person's erasure must find what is recorded. And known
        # before it is written: what is taken back takes them along.
        addresses = [email.address for email in reading.candidate.emails]
        changed = self._candidates.mark(changed, addresses)
        try:
            changed = self._write(changed, record)
        except EndedError as error:
            return self._ending.taken_back(changed, error.stage, self._candidates)
        note_record(record, changed)
        return self._concluded(submission, changed)

    def collect(self, args: StoreInput) -> StoreResult:
        """Save the next submission as a source, and no document of it."""
        try:
            return self._collector.collect(args)[0]
        except EndedError as error:
            return StoreResult(ended=error.stage, deliver=self._options.deliver())

    def inspect(self, step: StepInput) -> StoredDocuments:
        """Put every document into its place, whole, and see what it is."""
        source = self._sources.read(step)
        if source is None:
            return StoredDocuments(whole=False)
        try:
            return self._inspected(step, *source)
        except EndedError:
            return StoredDocuments(whole=False)  # Recording finds it ended, too.

    def _inspected(
        self, step: StepInput, submission: Submission, reading: Reading
    ) -> StoredDocuments:
        documents, named = self._inspector.inspect_all(step, submission, reading)
        absent = self._asking.absent_documents(submission)
        if named != submission:
            self._applications.save_view(named, step.view)
        return StoredDocuments(documents=(*documents, *absent))

    def find_position(self, step: StepInput) -> MatchedPosition:
        """Find the position among those of the catalogue."""
        source = self._sources.read(step)
        if source is None:
            return MatchedPosition(triage="unreadable-source")
        return self._matcher.find(source[1])

    def _changed(
        self,
        record: Application | None,
        submission: Submission,
        reading: Reading,
        args: RecordInput,
    ) -> Application:
        if record is None:
            return self._recorder.first(submission, reading, args)
        if not self._asking.is_newer_view(submission, record):
            return self._recorder.with_conflict(record, submission, args)
        if not args.available:
            return record.with_flag(Flag.UNAVAILABLE)
        if lacking := self._shows_less(record, submission):
            return self._recorder.with_reduced_view(record, submission, args, lacking)
        return self._recorder.with_newer_view(record, submission, reading, args)

    def _write(self, record: Application, before: Application | None) -> Application:
        # It may have been held since before it was recorded.
        if hold := self._removal.active_hold(record.id):
            record = held(record, hold)
        self._applications.update(record, before)
        return record

    def _concluded(self, submission: Submission, record: Application) -> Recorded:
        """Flag duplicates and clear the inbox, after the record; safe to repeat."""
        try:
            before = record
            if is_duplicate(record, self._candidates, self._applications):
                record = record.with_flag(Flag.DUPLICATE)
            if record != before:
                self._applications.update(record, before)
            self._applications.take_back_if_ended(record.id)
        except EndedError as error:
            return self._ending.taken_back(record, error.stage, self._candidates)
        self._applications.clear(submission)
        return self._recorded(record)

    def _recorded(self, record: Application) -> Recorded:
        return Recorded.of(record, deliver=self._options.deliver())

    def _without_source(self, record: Application | None, step: StepInput) -> Recorded:
        """Note in the record that a submission is lost: it is nowhere any more."""
        if record is None:
            # A removal that was cut short took the source with it.
            return self._ending.finish_removal(step.application_id)
        is_asked = is_notice_board(self._boards[record.source.board])
        changed = self._recorder.with_loss(record, is_asked=is_asked)
        changed = owing(record, changed, datetime.now(UTC))
        try:
            self._applications.update(changed, record)
            self._applications.take_back_if_ended(record.id)
        except EndedError as error:
            return Recorded(stage=error.stage)
        return self._recorded(changed)

    def _is_unwanted(self, record: Application | None, args: RecordInput) -> bool:
        """Return whether to discard it: never what waited for a person, or is held."""
        is_known = record is not None and (
            record.stage is not Stage.RECEIVED or record.position.reference is not None
        )
        return bool(args.matched and args.matched.discard and not is_known)

    def _shows_less(self, record: Application, new: Submission) -> Flag | None:
        board = self._boards[new.board]
        if not is_notice_board(board):
            return None
        if shown := find_view(self._applications, record.id, record.shown_view):
            return board.shows_less(shown, new)
        # Nothing to compare it with: what was shown before stays the record.
        return None if record.stage is Stage.RECEIVED else Flag.INCOMPLETE

"""What a board sent: in the inbox until it is recorded, and kept as sources."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import structlog
from temporalio import activity

from letterbox.boards.abilities import is_asked_board, is_notice_board
from letterbox.boards.base import Board
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError
from letterbox.domain.messages import StepInput
from letterbox.domain.ports import Applications
from letterbox.domain.reading import Reading
from letterbox.domain.submission import MAX_DELIVERIES, Submission
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

# More wait for the next call: a step on our own store has two minutes.
_MAX_DROPPED = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fresh:
    """The next submission to take over, and whether there is more to do."""

    submission: Submission | None = None
    more: bool = False


class Inbox:
    """Reads the inbox of one application at a time, one submission at a time."""

    def __init__(self, applications: Applications, boards: Mapping[str, Board]) -> None:
        self._applications = applications
        self._boards = boards

    def next(self, application_id: str, record: Application | None) -> Fresh:
        """
        Find the next submission; clear repeats, and drop what is more than we keep.

        A board may repeat itself for ever, but whoever differs from the first ten
        submissions is no board: that would fill memory and disk.
        """
        first: Submission | None = None
        more = False
        room = MAX_DELIVERIES - self._count(record)
        dropping = _Dropping(self._applications, application_id, record)
        for submission in self._applications.submissions(application_id):
            if self.is_repeat(submission, record):
                self._applications.clear_repeat(submission)
                note(Transition.REPEATED, application_id)
            elif room > 0 or self.is_notice(submission):
                room -= 1
                dropping.spare(submission)
                more = first is not None
                first = first or submission
            elif dropping.count < _MAX_DROPPED:
                dropping.drop(submission)
            else:
                more = True
                break
        return Fresh(first, more)

    def _count(self, record: Application | None) -> int:
        """Count what was recorded; what was downloaded later is the same once more."""
        if record is None:
            return 0
        if is_asked_board(self._boards[record.source.board]):
            return len({view.fingerprint for view in record.views})
        return len(record.views)

    def peek(
        self, application_id: str, record: Application | None
    ) -> Submission | None:
        """Find the next submission, and change nothing."""
        for submission in self._applications.submissions(application_id):
            if not self.is_repeat(submission, record):
                return submission
        return None

    def is_notice(self, submission: Submission) -> bool:
        """Return whether it announces what its board has to be asked for."""
        return is_notice_board(self._boards[submission.board])

    def is_repeat(self, submission: Submission, record: Application | None) -> bool:
        """Return whether it is recorded; of a notice, by a view that is not older."""
        views = [
            view
            for view in (record.views if record else ())
            if view.fingerprint == submission.fingerprint
        ]
        if not self.is_notice(submission):
            return bool(views)
        return any(view.received_at >= submission.received_at for view in views)


class _Dropping:
    """Removes submissions, and of their documents those that no other one has."""

    def __init__(
        self,
        applications: Applications,
        application_id: str,
        record: Application | None,
    ) -> None:
        self._applications = applications
        self._id = application_id
        self._record = record
        self._spared: set[str] = set()
        self.count = 0

    def spare(self, submission: Submission) -> None:
        """Keep the documents of a submission that is kept."""
        self._spared.update(document.name for document in submission.documents)

    def drop(self, submission: Submission) -> None:
        """Remove a submission from the inbox; count it, and log the application."""
        if self._recorded is None:
            # Better one document too many is kept.
            spared = {document.name for document in submission.documents}
        else:
            spared = self._spared | self._recorded
        self._applications.discard(submission, but=spared)
        self.count += 1
        log.warning("one submission too many: dropped", application=self._id)
        if activity.in_activity():
            activity.metric_meter().create_counter(
                "letterbox_deliveries_dropped",
                "Submissions dropped: more than ten differing ones of one application.",
            ).add(1, {"board": submission.board})

    @cached_property
    def _recorded(self) -> set[str] | None:
        """The documents of the record and its views; None where one cannot be read."""
        if self._record is None:
            return set()
        attachments = self._record.all_attachments()
        names = {attachment.name for attachment in attachments if attachment.name}
        for view in self._record.views:
            kept = find_view(self._applications, self._id, view.number)
            if kept is None:
                return None
            names.update(document.name for document in kept.documents)
        return names


class Sources:
    """Keeps submissions under numbers of their own, and reads them back."""

    def __init__(
        self, applications: Applications, boards: Mapping[str, Board], inbox: Inbox
    ) -> None:
        self._applications = applications
        self._boards = boards
        self._inbox = inbox

    def read(self, step: StepInput) -> tuple[Submission, Reading] | None:
        """Read a source; None where it is lost, and not in the inbox either."""
        submission = find_view(self._applications, step.application_id, step.view)
        if submission is None:
            submission = self._restored(step)
        if submission is None:
            return None
        return submission, self._boards[submission.board].read(submission)

    def save(self, submission: Submission, view: int) -> Submission:
        """Keep a source; what was fetched for it already is kept, too."""
        board = self._boards[submission.board]
        if is_asked_board(board) and (kept := self._kept(submission, view)):
            return kept
        if is_notice_board(board):
            submission = board.bare(submission)
        self._applications.save_view(submission, view)
        return submission

    def next_view(
        self,
        application_id: str,
        record: Application | None,
        fresh: Submission | None,
    ) -> tuple[int, Submission | None]:
        """
        Choose a number for what is taken over next; return what was left there, if any.

        No source is overwritten, not even a damaged one. One that no record names, and
        that is not in the inbox any more, was recorded once: the record is lost, or an
        older one has taken its place. What a board delivered whole is taken over before
        all else, since it may be the last copy; what was fetched is fetched anew.
        """
        recorded = {view.number for view in record.views} if record else set()
        if fresh is None and record is None:
            return 1, None
        unnamed = [
            number
            for number in self._applications.view_numbers(application_id)
            if number not in recorded
        ]
        for number in unnamed:
            if fresh and self._kept(fresh, number):
                return number, None
            if left := self._left(application_id, number):
                return number, left
        if fresh is None:
            return max(recorded, default=0) + 1, None
        return max({*recorded, *unnamed}, default=0) + 1, None

    def _left(self, application_id: str, number: int) -> Submission | None:
        kept = find_view(self._applications, application_id, number)
        if kept is None or is_notice_board(self._boards[kept.board]):
            return None
        is_elsewhere = self._applications.has_submission(
            application_id, kept.fingerprint
        )
        return None if is_elsewhere else kept

    def has_kept(self, submission: Submission, view: int) -> bool:
        """Return whether an earlier try has kept this very submission as a source."""
        return self._kept(submission, view) is not None

    def _kept(self, submission: Submission, view: int) -> Submission | None:
        kept = find_view(self._applications, submission.application_id, view)
        is_same = kept is not None and kept.precedes() == submission.precedes()
        return kept if is_same else None

    def is_unanswered(self, submission: Submission) -> bool:
        """Return whether a notice has no answer of its board, or none any more."""
        board = self._boards[submission.board]
        return is_notice_board(board) and board.bare(submission) == submission

    def _restored(self, step: StepInput) -> Submission | None:
        """Keep a source again: a submission leaves the inbox once it is recorded."""
        record = self._applications.find(step.application_id)
        if record and any(view.number == step.view for view in record.views):
            return None
        submission = self._inbox.peek(step.application_id, record)
        where = "in the inbox still" if submission else "nowhere else"
        log.error("a source is lost", application=step.application_id, it_is=where)
        if submission is None:
            return None
        # Its documents may have been stored, and named, before it was lost.
        named = self._applications.with_stored_names(submission)
        return self.save(named, step.view)


def find_readable(
    applications: Applications, application_id: str
) -> Application | None:
    """Read a record; None where there is none, or none that can be read."""
    with suppress(DamagedError):
        return applications.find(application_id)
    return None


def find_view(
    applications: Applications, application_id: str, number: int
) -> Submission | None:
    """Read a source as it is; None where it is lost or damaged."""
    with suppress(FileNotFoundError, DamagedError):
        return applications.view(application_id, number)
    return None

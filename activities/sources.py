"""What a board sent: in the inbox until it is recorded, and kept as sources."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from letterbox.boards.abilities import is_asked_board, is_notice_board
from letterbox.boards.base import Board
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError
from letterbox.domain.messages import StepInput
from letterbox.domain.ports import Applications
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fresh:
    """The next submission to take over, and whether there is more to do."""

    submission: Submission | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class NextView:
    """The number under which a source is kept, and what is there already."""

    number: int
    left: Submission | None = None
    """What an earlier try left there, and the inbox has no more."""
    is_kept: bool = False
    """Whether an earlier try has kept this very submission."""


class Inbox:
    """Reads the inbox of one application at a time, one submission at a time."""

    def __init__(self, applications: Applications, boards: Mapping[str, Board]) -> None:
        self._applications = applications
        self._boards = boards

    def next(self, application_id: str, record: Application | None) -> Fresh:
        """
        Find the next submission, and clear the repeats before it.

        However many differ: what was accepted is kept. How many are is the API's to
        decide (``MAX_DELIVERIES``), which can still refuse them.
        """
        first: Submission | None = None
        for submission in self._applications.submissions(application_id):
            if self.is_repeat(submission, record):
                self._applications.clear_repeat(submission)
                note(Transition.REPEATED, application_id)
            elif first:
                return Fresh(first, more=True)
            else:
                first = submission
        return Fresh(first)

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
        return submission, self.reading_of(submission)

    def reading_of(self, submission: Submission) -> Reading:
        """Return what its board's words mean."""
        return self._boards[submission.board].read(submission)

    def save(self, submission: Submission, view: int) -> Submission:
        """
        Keep a source; what was fetched for it already is kept, too.

        Return it as ``read`` does.
        """
        board = self._boards[submission.board]
        if is_asked_board(board) and (kept := self._kept(submission, view)):
            return kept
        if is_notice_board(board):
            submission = board.bare(submission)
        return self._applications.save_view(submission, view)

    def next_view(
        self,
        application_id: str,
        record: Application | None,
        fresh: Submission | None,
    ) -> NextView:
        """
        Choose a number for what is taken over next.

        No source is overwritten, not even a damaged one. One that no record names, and
        that is not in the inbox any more, was recorded once: the record is lost, or an
        older one has taken its place. What a board delivered whole is taken over before
        all else, since it may be the last copy; what was fetched is fetched anew.
        """
        recorded = {view.number for view in record.views} if record else set()
        if fresh is None and record is None:
            return NextView(1)
        unnamed = [
            number
            for number in self._applications.view_numbers(application_id)
            if number not in recorded
        ]
        for number in unnamed:
            if fresh and self._kept(fresh, number):
                return NextView(number, is_kept=True)
            if left := self._left(application_id, number):
                return NextView(number, left, is_kept=True)
        if fresh is None:
            return NextView(max(recorded, default=0) + 1)
        return NextView(max({*recorded, *unnamed}, default=0) + 1)

    def _left(self, application_id: str, number: int) -> Submission | None:
        kept = find_view(self._applications, application_id, number)
        if kept is None or is_notice_board(self._boards[kept.board]):
            return None
        is_elsewhere = self._applications.has_submission(
            application_id, kept.fingerprint
        )
        return None if is_elsewhere else kept

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

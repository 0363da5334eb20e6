"""What the board said, kept as sources; from the inbox again where one is lost."""

from collections.abc import Mapping

import structlog

from activities.fresh import Inbox
from letterbox.boards.base import Board, NoticeBoard
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError
from letterbox.domain.messages import Step
from letterbox.domain.ports import Applications
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission

log = structlog.get_logger()


class Sources:
    """Keeps submissions under numbers of their own, and reads them back."""

    def __init__(
        self, applications: Applications, boards: Mapping[str, Board], inbox: Inbox
    ) -> None:
        self._applications = applications
        self._boards = boards
        self._inbox = inbox

    def read(self, step: Step) -> tuple[Submission, Reading] | None:
        """Read a source; None where it is lost, and not in the inbox either."""
        submission: Submission | None
        try:
            submission = self._applications.view(step.application_id, step.view)
        except (FileNotFoundError, DamagedError):
            submission = self._restored(step)
        if submission is None:
            return None
        return submission, self._boards[submission.board].read(submission)

    def keep(self, submission: Submission, view: int) -> Submission:
        """Keep a source; a notice that was answered already keeps its answer."""
        board = self._boards[submission.board]
        if isinstance(board, NoticeBoard):
            if kept := self._kept(submission, view):
                return kept
            submission = board.bare(submission)
        self._applications.save_view(submission, view)
        return submission

    def next_view(
        self, application_id: str, record: Application | None, next_: Submission | None
    ) -> tuple[int, Submission | None]:
        """
        Choose a number for what is taken over next; give what was left there, if any.

        No source is overwritten, not even a damaged one. One that no record names, and
        that is not in the inbox any more, was recorded once: the record is lost, or an
        older one has taken its place. What a board delivered whole is taken over before
        all else, since it may be the last copy; what was fetched is fetched anew.
        """
        recorded = {view.number for view in record.views} if record else set()
        if next_ is None and record is None:
            return 1, None
        unnamed = [
            number
            for number in self._applications.view_numbers(application_id)
            if number not in recorded
        ]
        for number in unnamed:
            if next_ and self._kept(next_, number):
                return number, None
            if left := self._left(application_id, number):
                return number, left
        if next_ is None:
            return max(recorded, default=0) + 1, None
        return max({*recorded, *unnamed}, default=0) + 1, None

    def _left(self, application_id: str, number: int) -> Submission | None:
        try:
            kept = self._applications.view(application_id, number)
        except (FileNotFoundError, DamagedError):
            return None
        if isinstance(self._boards[kept.board], NoticeBoard):
            return None
        is_elsewhere = self._applications.has_submission(
            application_id, kept.fingerprint
        )
        return None if is_elsewhere else kept

    def has_kept(self, submission: Submission, view: int) -> bool:
        """Tell whether an earlier try has kept this very submission as a source."""
        return self._kept(submission, view) is not None

    def _kept(self, submission: Submission, view: int) -> Submission | None:
        try:
            kept = self._applications.view(submission.application_id, view)
        except (FileNotFoundError, DamagedError):
            return None
        return kept if kept.precedes() == submission.precedes() else None

    def is_unanswered(self, submission: Submission) -> bool:
        """Tell a notice that its board has not answered, or whose answer is lost."""
        board = self._boards[submission.board]
        return isinstance(board, NoticeBoard) and board.bare(submission) == submission

    def _restored(self, step: Step) -> Submission | None:
        """Keep a source again: a submission leaves the inbox once it is recorded."""
        record = self._applications.find(step.application_id)
        if record and any(view.number == step.view for view in record.views):
            return None
        found = self._inbox.peek(step.application_id, record)
        where = "nowhere else" if found is None else "in the inbox still"
        log.error("a source is lost", application=step.application_id, it_is=where)
        return found and self.keep(found, step.view)

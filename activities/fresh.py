"""What of an application's inbox is to be taken over, and what is too much."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from temporalio import activity

from letterbox.boards.base import Board, NoticeBoard
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError
from letterbox.domain.ports import Applications
from letterbox.domain.submission import MAX_DELIVERIES, Submission
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

# More wait for the next call: a step on our own store has two minutes.
_DROPPED_AT_ONCE = 200

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
        room = MAX_DELIVERIES - len(record.views if record else ())
        dropping = _Dropping(self._applications, application_id, record)
        for submission in self._applications.submissions(application_id):
            if self.is_repeat(submission, record):
                self._applications.clear_repeat(submission)
                note(Transition.REPEATED, application_id)
            elif room > 0 or self.gives_notice(submission):
                room -= 1
                dropping.spare(submission)
                more = first is not None
                first = first or submission
            elif dropping.count < _DROPPED_AT_ONCE:
                dropping.drop(submission)
            else:
                more = True
                break
        return Fresh(first, more)

    def peek(
        self, application_id: str, record: Application | None
    ) -> Submission | None:
        """Find the next submission, and change nothing."""
        return next(
            (
                submission
                for submission in self._applications.submissions(application_id)
                if not self.is_repeat(submission, record)
            ),
            None,
        )

    def gives_notice(self, submission: Submission) -> bool:
        """Tell whether the board is to be asked for what it announces."""
        return isinstance(self._boards[submission.board], NoticeBoard)

    def is_repeat(self, submission: Submission, record: Application | None) -> bool:
        """Tell a repeat; a notice that came after the last view is a reason to ask."""
        views = [
            view
            for view in (record.views if record else ())
            if view.fingerprint == submission.fingerprint
        ]
        if not self.gives_notice(submission):
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
        self._recorded: set[str] | None = None
        self._knows_all = True
        self.count = 0

    def spare(self, submission: Submission) -> None:
        """Keep the documents of a submission that is kept."""
        self._spared.update(one.name for one in submission.documents)

    def drop(self, submission: Submission) -> None:
        """Remove a submission from the inbox; count it, and log whose it was."""
        if self._recorded is None:
            self._recorded = self._named_in_record()
        names = {one.name for one in submission.documents}
        spared = self._spared | self._recorded if self._knows_all else names
        self._applications.discard(submission, but=spared)
        self.count += 1
        log.warning("one submission too many: dropped", application=self._id)
        if activity.in_activity():
            activity.metric_meter().create_counter(
                "letterbox_deliveries_dropped",
                "Submissions dropped: more than ten differing ones of one application.",
            ).add(1, {"board": submission.board})

    def _named_in_record(self) -> set[str]:
        if self._record is None:
            return set()
        names = {one.name for one in self._record.all_attachments() if one.name}
        for view in self._record.views:
            try:
                kept = self._applications.view(self._id, view.number)
            except (FileNotFoundError, DamagedError):
                # Its documents are unknown: better one too many is kept.
                self._knows_all = False
            else:
                names.update(one.name for one in kept.documents)
        return names

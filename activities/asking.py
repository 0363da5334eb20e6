"""What a board has to be asked for, and by which of its submissions."""

from collections.abc import Mapping

from activities.sources import Inbox, find_view
from letterbox.boards.base import AskedBoard, Board, NoticeBoard
from letterbox.domain.application import Application, Flag
from letterbox.domain.messages import InspectedDocument, StoreInput
from letterbox.domain.ports import Applications
from letterbox.domain.submission import Submission


class Asking:
    """
    Decides what is to be fetched before a submission is recorded.

    A notice is asked about at once. What was posted whole is recorded first, and then
    its board is asked for the documents that it names by their addresses: that makes
    another view of the same submission.
    """

    def __init__(
        self, applications: Applications, boards: Mapping[str, Board], inbox: Inbox
    ) -> None:
        self._applications = applications
        self._boards = boards
        self._inbox = inbox

    def is_due(self, record: Application, args: StoreInput) -> bool:
        """Return whether somebody wants its board to be asked, and it can be."""
        is_wanted = args.again or Flag.UNAVAILABLE in record.flags
        return is_wanted and isinstance(self._boards[record.source.board], AskedBoard)

    def source_of(self, record: Application) -> Submission | None:
        """
        Find what a board is asked by; None where it is lost.

        That is a notice; or what was posted, with the documents that came since, which
        are not asked for again.
        """
        is_notice = isinstance(self._boards[record.source.board], NoticeBoard)
        number = record.views[0].number if is_notice else record.shown_view
        return find_view(self._applications, record.id, number)

    def is_to_be_asked(
        self, submission: Submission, record: Application | None
    ) -> bool:
        """Return whether its board is to be asked before it is recorded."""
        if record is None or self._inbox.is_notice(submission):
            return self._inbox.is_notice(submission)
        is_owed = Flag.UNAVAILABLE in record.flags
        is_owed &= self.is_newer_view(submission, record)
        return is_owed or bool(self.absent_documents(submission))

    def is_newer_view(self, submission: Submission, record: Application | None) -> bool:
        """Return whether it is what its board was asked for, and does not differ."""
        if self._inbox.is_notice(submission):
            return True
        return isinstance(self._boards[submission.board], AskedBoard) and any(
            view.fingerprint == submission.fingerprint
            for view in (record.views if record else ())
        )

    def absent_documents(self, submission: Submission) -> tuple[InspectedDocument, ...]:
        """Return the documents that a posted application names and that are to come."""
        board = self._boards[submission.board]
        if isinstance(board, NoticeBoard) or not isinstance(board, AskedBoard):
            return ()
        held = {document.link for document in submission.documents}
        return tuple(
            InspectedDocument(role=link.role, problem="unavailable")
            for link in board.read(submission).candidate.attachment_links
            if link.id not in held
        )

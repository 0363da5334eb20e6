"""Applications that came under an id which another one has already."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime

import structlog

from letterbox.archive import bagit
from letterbox.archive.reader import opened_bag
from letterbox.boards.abilities import SharedIdBoard
from letterbox.boards.base import Board
from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.ids import key_part
from letterbox.domain.ports import Applications, ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records import inbox

# Those of an earlier archive lie a folder deeper.
_SOURCE = "/source/"

OwnIds = tuple[str, ...] | None

log = structlog.get_logger()


class StoredOwnIds:
    """Gives an application an id of its own where its board's is another's."""

    def __init__(self, store: ObjectStore, applications: Applications) -> None:
        self._store = store
        self._applications = applications

    def settled(self, board: SharedIdBoard, submission: Submission) -> Submission:
        """
        Return the submission under the id that it is to be kept under.

        Two that come at the same moment may both find their id free: then they are
        kept side by side under it, as a conflict.
        """
        own = board.under_own_id(submission)
        is_alone = own.application_id == submission.application_id
        if is_alone or not self._is_anothers(board, submission, own):
            return submission
        log.warning("an id is another application's", application=own.application_id)
        return own

    def of_all(self, board: Board | None, application_id: str) -> OwnIds:
        """
        Return the own ids of all submissions under an id, for a tombstone.

        None where that is not known, or where no sender shares ids. An earlier
        tombstone knows better: what it tells of is gone.
        """
        if not isinstance(board, SharedIdBoard):
            return None
        if tombstone := self._applications.tombstone(application_id):
            return tombstone.own_ids
        try:
            found = {
                board.under_own_id(submission).application_id
                for submission in self._all_of(application_id)
            }
        except (DamagedError, ValueError):
            return None
        return tuple(sorted(found)) or None

    def _is_anothers(
        self, board: SharedIdBoard, submission: Submission, own: Submission
    ) -> bool:
        """Look at what has the id; what cannot be read may be this very submission."""
        kept_there = self._kept
        if ended_at := self._ended_at(submission.application_id):
            if board.read(submission).applied_at > ended_at:
                return True
            # Sent before, it may be what has ended, and must not come back. It may as
            # well have waited: a copied store has copied archives, all of that day.
            tombstone = self._applications.tombstone(submission.application_id)
            if tombstone and tombstone.own_ids is not None:
                return own.application_id not in tombstone.own_ids
            kept_there = self._packed
        is_taken = False
        try:
            for kept in kept_there(submission.application_id):
                if board.under_own_id(kept).application_id == own.application_id:
                    return False
                is_taken = True
        except (DamagedError, ValueError):
            return False
        return is_taken

    def _kept(self, application_id: str) -> Iterator[Submission]:
        """Read the inbox first: what is recorded leaves it only afterwards."""
        yield from self._applications.submissions(application_id)
        record = self._applications.find(application_id)
        numbers = [view.number for view in record.views] if record else []
        yield from self._views(application_id, numbers)

    def _views(
        self, application_id: str, numbers: Iterable[int]
    ) -> Iterator[Submission]:
        for number in numbers:
            try:
                yield self._applications.view(application_id, number)
            except FileNotFoundError:
                raise DamagedError("a source is lost") from None

    def _all_of(self, application_id: str) -> Iterator[Submission]:
        """Read all that a removal takes; DamagedError where any cannot be read."""
        read = 0
        for submission in self._applications.submissions(application_id):
            read += 1
            yield submission
        # What is unreadable beside others was passed over.
        if read < sum(1 for _ in inbox.waiting(self._store, key_part(application_id))):
            raise DamagedError("what waits cannot be read")
        record = self._applications.find(application_id)
        named = {view.number for view in record.views} if record else set()
        numbers = named.union(self._applications.view_numbers(application_id))
        yield from self._views(application_id, sorted(numbers))
        yield from self._packed(application_id)

    def _packed(self, application_id: str) -> Iterator[Submission]:
        """Read what is in the archive; nothing where it was erased."""
        with ExitStack() as stack:
            try:
                opened = opened_bag(self._store, keys.archive(application_id))
                bag = stack.enter_context(opened)
            except FileNotFoundError:
                return
            # A source whose name is damaged is in the manifest still.
            for path in sorted({*bag.paths, *bag.digests()}):
                if _SOURCE in path and path.startswith(bagit.PAYLOAD):
                    yield Submission.model_validate_json(bag.read(path))

    def _ended_at(self, application_id: str) -> datetime | None:
        if self._applications.ended(application_id) is None:
            return None
        if tombstone := self._applications.tombstone(application_id):
            return tombstone.removed_at
        return self._store.stat(keys.archive(application_id)).modified

"""The removal of a person's application on request."""

from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.owing import HasAts, has_no_ats
from activities.threads import heartbeating, in_thread
from letterbox.domain.application import Application, Stage, Tombstone
from letterbox.domain.commands import Erased, Erasing
from letterbox.domain.errors import NotFoundError
from letterbox.domain.ports import Applications, Candidates, Removal
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note, note_request


class EraseActivities:
    """Remove all there is of an application; ``deliver`` where there is an ATS."""

    def __init__(self, *, removal: Removal, deliver: HasAts = has_no_ats) -> None:
        self._removal = removal
        self._deliver = deliver

    @activity.defn(name="erase")
    async def erase(self, given: Erasing) -> Erased:
        """Bury it: what an attempt that was cut short has left, the next removes."""
        tombstone = Tombstone(
            stage=Stage.ERASED,
            reason=given.given.reason,
            by=given.given.by,
            removed_at=datetime.now(UTC),
            id=given.application_id,
        )
        async with heartbeating():
            # It refuses what is held, if by a hold that was placed since.
            written = await in_thread(
                self._removal.erase, given.application_id, tombstone
            )
            deliver = await in_thread(self._deliver)
        # A later attempt ends what an earlier one began.
        is_first = written.removed_at == tombstone.removed_at
        note_request(
            Transition.ERASED,
            given.application_id,
            asked=given.given,
            is_done=not is_first and activity.info().attempt == 1,
        )
        return Erased(deliver=deliver)


log = structlog.get_logger()


class Ending:
    """Removes what must not stay, and finishes removals that were cut short."""

    def __init__(self, applications: Applications, removal: Removal) -> None:
        self._applications = applications
        self._removal = removal

    def is_archive_damaged(self, application_id: str, ended: Stage) -> bool:
        """Tell whether what came late may be the last that is whole: it stays then."""
        is_archived = ended is Stage.ARCHIVED
        if is_archived and self._applications.is_archive_damaged(application_id):
            log.error("its archive cannot be read", application=application_id)
            return True
        return False

    def remove_late(self, application_id: str, ended: Stage) -> None:
        """
        Remove what a late repeat brought back.

        It may be all there is where the archive is damaged (DamagedError).
        """
        if ended is Stage.ARCHIVED:
            self._removal.verify_archived(application_id)
        for submission in self._applications.submissions(application_id):
            self._applications.discard(submission)
            note(Transition.REPEATED, application_id, stage=ended.value)
        # A removal that was cut short is finished here. What cannot be read stays in
        # the inbox for a person, unless nothing of the candidate may stay.
        if ended is Stage.ARCHIVED:
            self._removal.delete_open_copy(application_id)
        else:
            self._removal.resume_erasure(application_id)

    def finish_removal(self, application_id: str) -> Recorded:
        """Finish the removal that took a source; NotFoundError where there is none."""
        ended = self._applications.ended(application_id)
        if ended is None:
            # Not tried again: nothing brings back what is in neither place.
            raise NotFoundError("the application is neither in the inbox nor recorded")
        if ended is not Stage.ARCHIVED:
            self._removal.resume_erasure(application_id)
        return Recorded(stage=ended)

    def taken_back(
        self, written: Application, ended: Stage, candidates: Candidates
    ) -> Recorded:
        """Remove what was marked of an application that had ended when it was read."""
        if ended is not Stage.ARCHIVED:
            # The markers of an archive lead to it.
            candidates.unmark(written)
        log.warning("written too late: taken back", application=written.id, stage=ended)
        return self.finish_removal(written.id)

    def discard(self, foreign: Application) -> Recorded:
        """Remove an application for an ad that is surely not ours."""
        tombstone = Tombstone(
            stage=Stage.DISCARDED,
            reason="for an ad not posted by us, of no position of ours",
            removed_at=datetime.now(UTC),
            id=foreign.id,
        )
        self._removal.erase(foreign.id, tombstone, foreign)
        note(Transition.DISCARDED, foreign.id, reason="not posted by us")
        return Recorded(stage=Stage.DISCARDED)

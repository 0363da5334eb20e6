"""The removal of a person's application on request."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.threads import heartbeating, in_thread
from letterbox.domain.application import Application, EventType, Stage, Tombstone
from letterbox.domain.commands import EraseInput, EraseResult
from letterbox.domain.ending_ports import Removal
from letterbox.domain.errors import NotFoundError
from letterbox.domain.owing import HasAts, has_no_ats, id_of_the_end
from letterbox.domain.ports import Applications, Candidates
from letterbox.domain.status import OwedEvent, Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note, note_request

OwnIdsOf = Callable[[str], tuple[str, ...] | None]


class EraseActivities:
    """
    Remove all there is of an application; ``deliver`` where there is an ATS.

    ``own_ids`` finds what its tombstone tells of e-mails that shared its id: one that
    is not among them is another application.
    """

    def __init__(
        self,
        *,
        removal: Removal,
        own_ids: OwnIdsOf,
        deliver: HasAts = has_no_ats,
    ) -> None:
        self._removal = removal
        self._deliver = deliver
        self._own_ids = own_ids

    @activity.defn(name="erase")
    async def erase(self, args: EraseInput) -> EraseResult:
        """Leave nothing but a tombstone; what was cut short, the next attempt ends."""
        async with heartbeating():
            tombstone = Tombstone(
                stage=Stage.ERASED,
                reason=args.given.reason,
                by=args.given.by,
                removed_at=datetime.now(UTC),
                id=args.application_id,
                own_ids=await in_thread(self._own_ids, args.application_id),
            )
            # It refuses what is held, if by a hold that was placed since.
            written = await in_thread(
                self._removal.erase, args.application_id, tombstone
            )
            deliver = await in_thread(self._deliver)
        # A later attempt ends what an earlier one began.
        is_first = written.removed_at == tombstone.removed_at
        note_request(
            Transition.ERASED,
            args.application_id,
            command=args.given,
            is_done=not is_first and activity.info().attempt == 1,
        )
        return EraseResult(deliver=deliver)


log = structlog.get_logger()


class Ending:
    """Removes what must not stay, and finishes removals that were cut short."""

    def __init__(
        self, applications: Applications, removal: Removal, deliver: HasAts = has_no_ats
    ) -> None:
        self._applications = applications
        self._removal = removal
        self._deliver = deliver

    def is_archive_damaged(self, application_id: str, ended: Stage) -> bool:
        """Return whether what came late may be the last that is whole, and so stays."""
        is_archived = ended is Stage.ARCHIVED
        if is_archived and self._applications.is_archive_damaged(application_id):
            log.error("its archive cannot be read", application=application_id)
            return True
        return False

    def remove_late(self, application_id: str, ended: Stage) -> None:
        """
        Remove what a late repeat brought back.

        It may be all there is where the archive is damaged (DamagedError). Nothing goes
        where a hold came before the tombstone, or that cannot be read.
        """
        if ended is Stage.ARCHIVED:
            self._removal.verify_archived(application_id)
        elif self._removal.is_held_first(application_id):
            return
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
        return self._recorded(application_id, self._finish(application_id))

    def taken_back(
        self, written: Application, ended: Stage, candidates: Candidates
    ) -> Recorded:
        """Remove what was marked of an application that had ended when it was read."""
        if ended is not Stage.ARCHIVED:
            # The markers of an archive lead to it.
            candidates.unmark(written)
        log.warning("written too late: taken back", application=written.id, stage=ended)
        return Recorded(stage=self._finish(written.id))

    def _finish(self, application_id: str) -> Stage:
        ended = self._applications.ended(application_id)
        if ended is None:
            # Not tried again: nothing brings back what is in neither place.
            raise NotFoundError("the application is neither in the inbox nor recorded")
        if ended is not Stage.ARCHIVED:
            self._removal.resume_erasure(application_id)
        return ended

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
        return self._recorded(foreign.id, Stage.DISCARDED)

    def _recorded(self, application_id: str, ended: Stage) -> Recorded:
        """Owe the event of what was discarded: it has no record to say so."""
        if ended is not Stage.DISCARDED or not self._deliver():
            return Recorded(stage=ended, deliver=False)
        event = OwedEvent(
            type=EventType.RECORDED,
            delivery_id=id_of_the_end(application_id, EventType.RECORDED),
            happened_at=datetime.now(UTC),
        )
        return Recorded(stage=ended, deliver=True, owed=(event,))

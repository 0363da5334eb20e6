"""The removal of a person's application on request."""

from datetime import UTC, datetime

from temporalio import activity

from activities.heartbeats import heartbeating
from activities.owing import HasAts, has_no_ats
from activities.threads import in_thread
from letterbox.domain.application import Stage, Tombstone
from letterbox.domain.commands import Erased, Erasing
from letterbox.domain.ports import Removal


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
            await in_thread(self._removal.bury, given.application_id, tombstone)
            deliver = await in_thread(self._deliver)
        return Erased(deliver=deliver)

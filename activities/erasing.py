"""The removal of a person's application on request."""

from datetime import UTC, datetime

from temporalio import activity

from activities.amend_values import Erased, Erasing
from activities.heartbeats import beating
from activities.owing import HasAts, has_no_ats
from activities.threads import in_thread
from domain.application import Stage, Tombstone
from domain.errors import RefusedError
from domain.ports import Holds, Removal


class EraseActivities:
    """Remove all there is of an application; ``deliver`` where there is an ATS."""

    def __init__(
        self, *, removal: Removal, holds: Holds, deliver: HasAts = has_no_ats
    ) -> None:
        self._removal = removal
        self._holds = holds
        self._deliver = deliver

    @activity.defn(name="erase")
    async def erase(self, given: Erasing) -> Erased:
        """Bury it: what an attempt that was cut short has left, the next removes."""
        tombstone = Tombstone(
            stage=Stage.ERASED,
            reason=given.given.reason,
            by=given.given.by,
            removed_at=datetime.now(UTC),
        )
        async with beating():
            await in_thread(self._erase, given.application_id, tombstone)
            deliver = await in_thread(self._deliver)
        return Erased(deliver=deliver)

    def _erase(self, application_id: str, tombstone: Tombstone) -> None:
        """Look for a hold once more: it may have been placed since it was asked."""
        hold = self._holds.find(application_id)
        if hold and hold.holds(tombstone.removed_at):
            raise RefusedError("held: release it first, `letterbox hold ID --release`")
        self._removal.bury(application_id, tombstone)

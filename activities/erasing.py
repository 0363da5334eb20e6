"""The removal of a person's application on request."""

from datetime import UTC, datetime

from temporalio import activity

from activities.amend_values import Erased, Erasing
from activities.heartbeats import beating
from activities.threads import in_thread
from domain.application import Stage, Tombstone
from domain.ports import Removal


class EraseActivities:
    """Remove all there is of an application; ``deliver`` where there is an ATS."""

    def __init__(self, *, removal: Removal, deliver: bool) -> None:
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
        async with beating():
            await in_thread(self._removal.bury, given.application_id, tombstone)
        return Erased(deliver=self._deliver)

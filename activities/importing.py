"""The import of positions from a feed: talks to its server, so a regular activity."""

from collections.abc import Callable

from temporalio import activity

from activities.threads import heartbeating, in_thread
from letterbox.domain.errors import RefusedError
from letterbox.domain.messages import ImportedPositions


class ImportActivities:
    """Import positions; ``import_feed`` blocks, and is None where there is no feed."""

    def __init__(self, *, import_feed: Callable[[], ImportedPositions] | None) -> None:
        self._import_feed = import_feed

    @activity.defn(name="import_positions")
    async def import_positions(self) -> ImportedPositions:
        """Import the feed; what was cut short, the next try finishes."""
        if self._import_feed is None:
            raise RefusedError("there is no feed: set LETTERBOX_POSITION_FEED")
        async with heartbeating():
            return await in_thread(self._import_feed)

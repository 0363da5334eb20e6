"""The import of positions from a feed: talks to its server, so a regular activity."""

from typing import Protocol

from temporalio import activity

from activities.heartbeats import beating
from activities.schedule_values import ImportedPositions
from activities.threads import in_thread
from domain.errors import RefusedError


class Changed(Protocol):
    """What an import did."""

    @property
    def positions(self) -> int:
        """There are in the feed."""

    @property
    def added(self) -> int:
        """Were not in the catalogue."""

    @property
    def changed(self) -> int:
        """Were otherwise."""

    @property
    def removed(self) -> int:
        """Are no longer in the feed."""

    @property
    def mended(self) -> int:
        """Were spoilt, and read all the same."""

    @property
    def skipped(self) -> int:
        """Could not be read."""

    @property
    def removals_waiting(self) -> int:
        """Are no longer in the feed, and wait for a person or for more feeds."""


class Feed(Protocol):
    """The feed that the settings name. Blocking."""

    def bring_in(self) -> Changed:
        """Import it; raises FeedUnavailableError and MalformedError."""


class ImportActivities:
    """Import positions; ``feed`` None where the settings name none."""

    def __init__(self, *, feed: Feed | None) -> None:
        self._feed = feed

    @activity.defn(name="import_positions")
    async def import_positions(self) -> ImportedPositions:
        """Import the feed; what was cut short, the next try finishes."""
        if self._feed is None:
            raise RefusedError("there is no feed: set LETTERBOX_POSITION_FEED")
        async with beating():
            done = await in_thread(self._feed.bring_in)
        return ImportedPositions(
            positions=done.positions,
            added=done.added,
            changed=done.changed,
            removed=done.removed,
            mended=done.mended,
            skipped=done.skipped,
            removals_waiting=done.removals_waiting,
        )

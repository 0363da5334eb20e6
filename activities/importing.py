"""The import of positions from a feed: talks to its server, so a regular activity."""

from typing import Protocol

from temporalio import activity

from activities.threads import heartbeating, in_thread
from letterbox.domain.errors import RefusedError
from letterbox.domain.messages import ImportedPositions


class Changed(Protocol):
    """What an import did."""

    @property
    def positions(self) -> int:
        """Number of positions in the feed."""

    @property
    def added(self) -> int:
        """Number of positions that are new in the catalogue."""

    @property
    def changed(self) -> int:
        """Number of positions that the feed tells differently."""

    @property
    def removed(self) -> int:
        """Number of positions that the feed no longer holds."""

    @property
    def mended(self) -> int:
        """Number of damaged entries that were read all the same."""

    @property
    def skipped(self) -> int:
        """Number of entries that could not be read."""

    @property
    def removals_waiting(self) -> int:
        """Number of removals that wait for a person or for more feeds to agree."""


class Feed(Protocol):
    """The feed that the settings name. Blocking."""

    def import_now(self) -> Changed:
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
        async with heartbeating():
            done = await in_thread(self._feed.import_now)
        return ImportedPositions(
            positions=done.positions,
            added=done.added,
            changed=done.changed,
            removed=done.removed,
            mended=done.mended,
            skipped=done.skipped,
            removals_waiting=done.removals_waiting,
        )

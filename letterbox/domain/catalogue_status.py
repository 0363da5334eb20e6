"""What is known of the imports that made the catalogue, and what follows from it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

WITHOUT_SCHEDULE = timedelta(days=7)
IMPORT_WITHIN = timedelta(minutes=30)
_SKEW = timedelta(minutes=5)


class ImportTrouble(StrEnum):
    """Why the latest import does not make the catalogue whole."""

    FAILED = "failed"
    CUT_OFF = "cut-off"
    SKIPPED = "skipped"
    """Some of what is advertised could not be read."""
    HELD_BACK = "held-back"
    """Positions that the feed no longer names wait for their removal."""


class FeedStatus(BaseModel):
    """
    The imports of one feed, which is known by the hirer that it was imported for.

    ``whole_at`` is when the latest whole one began: what was advertised later it
    cannot know. ``trouble`` is what went wrong since.
    """

    model_config = ConfigDict(frozen=True)

    source: str = ""
    positions: int = 0
    every_seconds: float | None = None
    whole_at: datetime | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    trouble: ImportTrouble | None = None
    trouble_since: datetime | None = None
    reason: str = ""
    waiting: int = 0
    skipped: int = 0
    mended: int = 0

    def is_whole(self, now: datetime) -> bool:
        """Return whether the feed is known whole, as it is about now."""
        if self.whole_at is None or self.trouble:
            return False
        if self.begun_at and now - self.begun_at > IMPORT_WITHIN:
            return False  # It died in the middle of its work.
        every = self.every_seconds
        limit = WITHOUT_SCHEDULE if every is None else 2 * timedelta(seconds=every)
        return -_SKEW <= now - self.whole_at <= limit

    def in_trouble(
        self, trouble: ImportTrouble, now: datetime, reason: str
    ) -> "FeedStatus":
        """Note what went wrong, and since when something does."""
        return self.model_copy(
            update={
                "begun_at": None,
                "ended_at": now,
                "trouble": trouble,
                "trouble_since": self.trouble_since or now,
                "reason": reason,
            }
        )


class CatalogueStatus(BaseModel):
    """All feeds; one says nothing of what another hirer advertises."""

    model_config = ConfigDict(frozen=True)

    feeds: Mapping[str, FeedStatus] = {}

    def is_whole(self, now: datetime) -> bool:
        """Return whether what the catalogue does not hold is surely not advertised."""
        feeds = self.feeds.values()
        return bool(feeds) and all(feed.is_whole(now) for feed in feeds)

    def last_import(self) -> datetime | None:
        """Return when the catalogue was last brought in line with a feed, whole."""
        return max(
            (feed.whole_at for feed in self.feeds.values() if feed.whole_at),
            default=None,
        )

    def is_just_imported(self, now: datetime, within: timedelta) -> bool:
        """Return whether an import began or ended a moment ago."""
        return any(
            abs(now - moment) < within
            for feed in self.feeds.values()
            for moment in (feed.begun_at, feed.ended_at)
            if moment
        )

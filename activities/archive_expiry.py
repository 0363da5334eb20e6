"""The end of the keeping of archives."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from temporalio import activity

from activities.threads import heartbeating, in_thread
from letterbox.domain.messages import Kept

log = structlog.get_logger()


class Ended(Protocol):
    """What became of the archives."""

    @property
    def removed(self) -> int:
        """Were kept long enough."""

    @property
    def held(self) -> int:
        """Old enough, and kept by a hold."""

    @property
    def left(self) -> int:
        """Damaged, and nobody can say whose they are."""


class Keeping(Protocol):
    """Ends the keeping of what is old enough. Blocking."""

    def end(self, keep: timedelta, now: datetime) -> Ended:
        """Remove archives that were kept for so long; harmless to repeat."""


class KeepActivities:
    """Remove archives; ``keep`` None keeps them for ever."""

    def __init__(self, *, keeping: Keeping, keep: timedelta | None) -> None:
        self._keeping = keeping
        self._keep = keep

    @activity.defn(name="end_keeping")
    async def end_keeping(self) -> Kept:
        """Walk all archives; what is cut short, the next walk does."""
        if self._keep is None:
            return Kept()
        async with heartbeating():
            ended = await in_thread(self._keeping.end, self._keep, datetime.now(UTC))
        if ended.left:
            log.error("archives that nobody can read: `letterbox audit`", n=ended.left)
        return Kept(ended=ended.removed, held=ended.held, left=ended.left)

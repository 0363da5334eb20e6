"""The watch over open applications: it finds what is late by Temporal's own lists."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from temporalio import activity

from activities.threads import heartbeating
from letterbox.domain.errors import LetterboxError
from letterbox.domain.messages import WatchInput, WatchResult

_DAY = timedelta(days=1)
# The next look finds the others; those that were signalled are not listed any more.
_MAX = 10_000

log = structlog.get_logger()


class Lists(Protocol):
    """The open applications of this installation."""

    def late(self, due_before: datetime) -> AsyncIterator[str]:
        """Yield those whose archive was due before, and that are not signalled yet."""

    def unrecorded(
        self, started_before: datetime
    ) -> AsyncIterator[tuple[str, datetime]]:
        """Yield those that have no record yet, and when they were started."""

    async def tell_overdue(self, application_id: str) -> bool:
        """Signal one that it is late; False where its workflow cannot take it."""


class WatchActivities:
    """Looks at what is open."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    @activity.defn(name="watch_archives")
    async def watch_archives(self, args: WatchInput) -> WatchResult:
        """Signal what is overdue, and log once a day what was never recorded."""
        now = datetime.now(UTC)
        async with heartbeating():
            overdue, left = await self._signal_late(now - args.overdue_after)
            unrecorded = await self._log_unrecorded(now, args)
        return WatchResult(overdue=overdue, left=left, unrecorded=unrecorded)

    async def _signal_late(self, due_before: datetime) -> tuple[int, int]:
        signalled = left = 0
        async for application_id in self._lists.late(due_before):
            try:
                is_signalled = await self._lists.tell_overdue(application_id)
            except LetterboxError as error:
                log.warning(
                    "not told that it is overdue",
                    application=application_id,
                    reason=str(error),
                )
                is_signalled = False
            signalled += is_signalled
            left += not is_signalled
            if signalled + left >= _MAX:
                break
        return signalled, left

    async def _log_unrecorded(self, now: datetime, args: WatchInput) -> int:
        """Log each in the one look a day that falls into its own hour."""
        counter = activity.metric_meter().create_counter(
            "letterbox_unrecorded", "Applications that are not recorded after days."
        )
        count = 0
        started_before = now - args.unrecorded_after
        async for application_id, started in self._lists.unrecorded(started_before):
            count += 1
            if (started_before - started) % _DAY < args.every:
                log.error("not recorded for days", application=application_id)
                counter.add(1)
            if count >= _MAX:
                break
        return count

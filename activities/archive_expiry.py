"""The removal of archives that were kept as long as the settings say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity

from activities.threads import heartbeating, in_thread
from letterbox.domain.messages import ExpiryReport

log = structlog.get_logger()


class ExpiryActivities:
    """Remove what was kept for ``keep``; None keeps archives for ever."""

    def __init__(
        self,
        *,
        expire: Callable[[timedelta, datetime], ExpiryReport],
        keep: timedelta | None,
    ) -> None:
        self._expire = expire
        self._keep = keep

    @activity.defn(name="end_keeping")
    async def expire_archives(self) -> ExpiryReport:
        """Walk all archives; what is cut short, the next walk does."""
        if self._keep is None:
            return ExpiryReport()
        async with heartbeating():
            report = await in_thread(self._expire, self._keep, datetime.now(UTC))
        if report.left:
            log.error("archives that nobody can read: `letterbox audit`", n=report.left)
        return report

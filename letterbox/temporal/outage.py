"""An absence of Temporal in a worker's log: its beginning, its length, its end."""

import time
from collections.abc import Callable

import structlog

_MIN_INTERVAL = 60.0
_TO_DO = "nothing is lost; bring Temporal back: `letterbox doctor` says what fails"

log = structlog.get_logger()


class Outage:
    """Logs an outage once, then at most once a minute, and that it is over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        self._logged_at = 0.0

    def note(self, reason: str) -> None:
        """Note that Temporal does not answer, and why."""
        now = self._clock()
        if self._since is None:
            self._since = now
        elif now - self._logged_at < _MIN_INTERVAL:
            return
        self._logged_at = now
        log.error(
            "Temporal is unavailable",
            reason=reason,
            for_seconds=round(now - self._since),
            do=_TO_DO,
        )

    def end(self) -> None:
        """Note that Temporal answers; nothing where it did before."""
        if self._since is not None:
            seconds = round(self._clock() - self._since)
            log.info("Temporal is back", after_seconds=seconds)
            self._since = None

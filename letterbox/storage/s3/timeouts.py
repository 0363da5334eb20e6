"""How long a request to S3 may take, and how often it is repeated."""

import time
from typing import Any, Self

from urllib3 import BaseHTTPResponse, Retry, Timeout
from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.exceptions import TimeoutError as TimedOut

WORKER = Timeout(connect=5, read=30)
# Somebody waits for an answer, and will send again.
HURRIED = Timeout(connect=2, read=6)

_RETRY_SECONDS = 3.0
_MAX_ATTEMPTS = 6


def retries() -> "BriefRetry":
    """Try again for three seconds: a throttled server has mostly caught up by then."""
    return BriefRetry(
        total=_MAX_ATTEMPTS,
        status_forcelist=(429, 500, 502, 503, 504),
        backoff_factor=0.15,
        backoff_jitter=0.2,
        backoff_max=1.0,
    )


class BriefRetry(Retry):
    """
    Asks again as long as that ends within three seconds of the first failure.

    A server's ``Retry-After`` is kept to, or given up on where it is longer. One that
    hangs is not asked again: that would double the wait, and Temporal and the boards
    retry, more patiently.
    """

    give_up_at: float | None = None
    pause = 0.0

    def new(self, **kw: Any) -> Self:
        """Carry the deadline on; it begins with the first failure."""
        made = super().new(**kw)
        made.give_up_at = self.give_up_at or time.monotonic() + _RETRY_SECONDS
        return made

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        """Decide on one more try, and on the pause before it."""
        if isinstance(error, TimedOut):
            raise error
        more = super().increment(method, url, response, error, _pool, _stacktrace)
        more.pause = more.asked_for(response) or more.get_backoff_time()
        if time.monotonic() + more.pause > (more.give_up_at or 0):
            raise MaxRetryError(_pool, url or "", error)
        return more

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:  # noqa: ARG002 the base's
        """Sleep for the pause that ``increment`` decided on."""
        time.sleep(self.pause)

    def asked_for(self, response: BaseHTTPResponse | None) -> float | None:
        """Return the seconds that a server asks to be left alone."""
        try:
            return self.get_retry_after(response) if response else None
        except InvalidHeader:
            return None

"""When a 410 is believed: an ATS that is being deployed may answer it for minutes."""

from datetime import datetime, timedelta

TIMEOUT = timedelta(hours=1)
MIN_ANSWERS = 5


class GoneAnswers:
    """
    Counts the answers 410 of one address that came in a row.

    Kept by each worker for itself: a restart begins anew, which only means to go on
    trying for longer.
    """

    def __init__(
        self, *, min_time: timedelta = TIMEOUT, fewest: int = MIN_ANSWERS
    ) -> None:
        self._min_time = min_time
        self._fewest = fewest
        self._first: datetime | None = None
        self._count = 0

    def add(self, now: datetime) -> None:
        """Count an answer 410."""
        self._first = self._first or now
        self._count += 1

    def reset(self) -> None:
        """Forget the answers: something else was answered."""
        self._first, self._count = None, 0

    def are_meant(self, now: datetime) -> bool:
        """Return whether nothing else was answered for long, and to several tries."""
        if self._first is None or self._count < self._fewest:
            return False
        return now - self._first >= self._min_time

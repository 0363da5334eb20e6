"""Timeouts and retry policies, named once."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import Priority, RetryPolicy
from temporalio.workflow import ActivityCancellationType

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# What an erasure interrupts must have stopped before anything is removed.
ENDED = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED

# Longer than the store's own time-outs together, so that no retry runs beside a stuck
# thread. A killed worker is noticed by its workflow task, after 10 s.
STORE_CALL = 2 * MINUTE


class RegularOptions(TypedDict):
    """What every regular activity is called with."""

    cancellation_type: ActivityCancellationType
    schedule_to_close_timeout: timedelta | None
    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy
    priority: Priority


def _options(
    *,
    attempt: timedelta,
    within: timedelta | None,
    retries: tuple[timedelta, timedelta],
    priority: int,
    heartbeat: timedelta = 20 * SECOND,
) -> RegularOptions:
    """
    Return options with the time of one attempt and of all; None is for ever.

    ``retries`` are the first and the longest pause. Priority 1 comes first, and what
    nobody waits for last.
    """
    first, longest = retries
    return RegularOptions(
        cancellation_type=ENDED,
        schedule_to_close_timeout=within,
        start_to_close_timeout=attempt,
        heartbeat_timeout=heartbeat,
        retry_policy=RetryPolicy(initial_interval=first, maximum_interval=longest),
        priority=Priority(priority_key=priority),
    )


# The store comes back when it comes back; boards and the ATS may be away for hours.
_STORE = (SECOND, 5 * MINUTE)
_BOARD = (5 * SECOND, HOUR)
_RECEIVER = (10 * SECOND, HOUR)

# A step on our own store after its tries as a local activity: it is seen to be pending,
# and costs no event a try. Where a person waits for the answer, better no than late.
STORE_AWAY = _options(attempt=STORE_CALL, within=None, retries=_STORE, priority=1)
PERSON_WAITS = _options(
    attempt=STORE_CALL, within=10 * SECOND, retries=_STORE, priority=1
)

# After that the application is recorded as far as it is known, and asked for again.
ASK_BOARD = _options(attempt=10 * MINUTE, within=DAY, retries=_BOARD, priority=3)
LAST_ASK = _options(attempt=10 * MINUTE, within=HOUR, retries=_BOARD, priority=3)

# A board tells its news once: it is heeded, however long the board is away then.
HEED_NEWS = _options(attempt=10 * MINUTE, within=None, retries=_BOARD, priority=3)

# After that the documents are recorded unscanned, and looked at another time.
SCAN = _options(attempt=30 * MINUTE, within=DAY, retries=_STORE, priority=3)

# Until it works: what is not archived is not removed either.
ARCHIVE = _options(attempt=HOUR, within=None, retries=_BOARD, priority=4)
ERASE = _options(attempt=HOUR, within=None, retries=_STORE, priority=1)

# An ATS may be away over a weekend; after that the others go first.
DELIVER = _options(attempt=30 * SECOND, within=3 * DAY, retries=_RECEIVER, priority=5)

# For as long as the application is open: a board that refuses today may relent.
# An erasure waits until one on its way is stopped, which is by its next heartbeat.
REPORT = _options(
    attempt=2 * MINUTE,
    within=None,
    retries=_BOARD,
    priority=4,
    heartbeat=12 * SECOND,
)

# After that the workflow fails, so that it is seen; the schedule tries again.
FEED = _options(attempt=30 * MINUTE, within=HOUR, retries=_BOARD, priority=4)
# It reads every byte that is kept.
AUDIT = _options(
    attempt=12 * HOUR,
    within=DAY,
    retries=_BOARD,
    priority=5,
    heartbeat=30 * SECOND,
)

# Ahead of what waits for a slow board.
SWEEP = _options(attempt=HOUR, within=None, retries=_STORE, priority=1)

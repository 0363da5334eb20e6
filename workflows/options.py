"""Timeouts and retry policies, named once."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import Priority, RetryPolicy
from temporalio.workflow import ActivityCancellationType


class LocalOptions(TypedDict):
    """What every local activity is called with."""

    cancellation_type: ActivityCancellationType

    schedule_to_close_timeout: timedelta
    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy
    local_retry_threshold: timedelta


class RegularOptions(TypedDict):
    """What every regular activity is called with."""

    cancellation_type: ActivityCancellationType
    schedule_to_close_timeout: timedelta | None
    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy
    priority: Priority


# The store comes back when it comes back: retry for ever, ever more rarely.
_STORE_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)

# Boards may be away for hours; they are asked ever more rarely, and for ever.
_BOARD_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5), maximum_interval=timedelta(hours=1)
)

# An ATS may be away over a weekend; then a person sends it again.
_RECEIVER_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=10), maximum_interval=timedelta(hours=1)
)

# What an erasure interrupts must have stopped before anything is removed.
_ENDED = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED

# Longer than the store's own time-outs together, so that no retry runs beside a stuck
# thread. A killed worker is noticed by its workflow task, after 10 s.
_STORE_CALL = timedelta(minutes=2)

# A few tries within seconds, without a timer: a longer wait would grow the history.
OWN_STORE = LocalOptions(
    cancellation_type=_ENDED,
    schedule_to_close_timeout=_STORE_CALL,
    start_to_close_timeout=_STORE_CALL,
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=500), maximum_attempts=4
    ),
    local_retry_threshold=timedelta(seconds=5),
)

# The same step from then on: it is seen to be pending, and costs no event a try.
STORE_AWAY = RegularOptions(
    cancellation_type=_ENDED,
    schedule_to_close_timeout=None,
    start_to_close_timeout=_STORE_CALL,
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_STORE_RETRIES,
    priority=Priority(priority_key=1),
)

# A person waits for the answer: better no than late.
PERSON_WAITS = RegularOptions(
    **{**STORE_AWAY, "schedule_to_close_timeout": timedelta(seconds=10)}
)

ASK_BOARD = RegularOptions(
    cancellation_type=_ENDED,
    # Then the application is recorded as far as it is known, and asked for again.
    schedule_to_close_timeout=timedelta(days=1),
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_BOARD_RETRIES,
    priority=Priority(priority_key=3),
)

LAST_ASK = RegularOptions(
    **{**ASK_BOARD, "schedule_to_close_timeout": timedelta(hours=1)}
)

SCAN = RegularOptions(
    cancellation_type=_ENDED,
    # Then the documents are recorded unscanned, and looked at another time.
    schedule_to_close_timeout=timedelta(days=1),
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_STORE_RETRIES,
    priority=Priority(priority_key=3),
)

ARCHIVE = RegularOptions(
    cancellation_type=_ENDED,
    # Until it works: what is not archived is not removed either.
    schedule_to_close_timeout=None,
    start_to_close_timeout=timedelta(hours=1),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_BOARD_RETRIES,
    priority=Priority(priority_key=4),
)

ERASE = RegularOptions(
    **{**ARCHIVE, "retry_policy": _STORE_RETRIES, "priority": Priority(priority_key=1)}
)

# On a task queue of its own, with slots of its own.
DELIVER = RegularOptions(
    cancellation_type=_ENDED,
    schedule_to_close_timeout=timedelta(days=3),
    start_to_close_timeout=timedelta(seconds=30),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_RECEIVER_RETRIES,
    priority=Priority(priority_key=5),
)

FEED = RegularOptions(
    cancellation_type=_ENDED,
    # Then the workflow fails, so that it is seen; the schedule tries again.
    schedule_to_close_timeout=timedelta(hours=1),
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_BOARD_RETRIES,
    priority=Priority(priority_key=4),
)

AUDIT = RegularOptions(
    cancellation_type=_ENDED,
    # Then the workflow fails, so that it is seen; the schedule tries again.
    schedule_to_close_timeout=timedelta(days=1),
    # It reads every byte that is kept.
    start_to_close_timeout=timedelta(hours=12),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=_BOARD_RETRIES,
    # Behind all that anybody waits for.
    priority=Priority(priority_key=5),
)

SWEEP = RegularOptions(
    cancellation_type=_ENDED,
    schedule_to_close_timeout=None,
    start_to_close_timeout=timedelta(hours=1),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_STORE_RETRIES,
    # Ahead of what waits for a slow board.
    priority=Priority(priority_key=1),
)

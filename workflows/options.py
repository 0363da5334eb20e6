"""Timeouts and retry policies, named once."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import Priority, RetryPolicy


class LocalOptions(TypedDict):
    """What every local activity is called with."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy
    local_retry_threshold: timedelta


class RegularOptions(TypedDict):
    """What every regular activity is called with."""

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

OWN_STORE = LocalOptions(
    # Longer than the store's own time-outs together, so that no retry runs beside a
    # stuck thread. A killed worker is noticed by its workflow task, after 10 s.
    start_to_close_timeout=timedelta(minutes=2),
    retry_policy=_STORE_RETRIES,
    # A longer wait becomes a timer, else each one costs three events every 8 s.
    local_retry_threshold=timedelta(seconds=5),
)

ASK_BOARD = RegularOptions(
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_BOARD_RETRIES,
    priority=Priority(priority_key=3),
)

SWEEP = RegularOptions(
    start_to_close_timeout=timedelta(hours=1),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_STORE_RETRIES,
    # Ahead of what waits for a slow board.
    priority=Priority(priority_key=1),
)

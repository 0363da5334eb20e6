"""Timeouts and retry policies, named once."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


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


# The store comes back when it comes back: retry for ever, ever more rarely.
_STORE_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)

# Boards may be away for hours; they are asked ever more rarely, and for ever.
_BOARD_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5), maximum_interval=timedelta(hours=1)
)

OWN_STORE = LocalOptions(
    start_to_close_timeout=timedelta(seconds=20),
    retry_policy=_STORE_RETRIES,
    # A longer wait becomes a timer, else each one costs three events every 8 s.
    local_retry_threshold=timedelta(seconds=5),
)

ASK_BOARD = RegularOptions(
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=_BOARD_RETRIES,
)

SWEEP = RegularOptions(
    start_to_close_timeout=timedelta(hours=1),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=_STORE_RETRIES,
)

"""Our errors in Temporal's terms."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from temporalio import activity
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.failures import Failures
from letterbox.domain.errors import (
    BoardUnavailableError,
    HeldError,
    LetterboxError,
    NotFoundError,
    StoreUnavailableError,
)


class _Failing(ActivityInboundInterceptor):
    """Stands where the activity is called, and fails as told."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> None:  # noqa: A002, ARG002 the base's signature
        raise self._error


async def _translated(error: Exception, attempt: int = 1) -> ApplicationError:
    failing = Failures("s3://b").intercept_activity(_Failing(error))

    @activity.defn
    async def run() -> None:
        await failing.execute_activity(
            ExecuteActivityInput(fn=run, args=[], executor=None, headers={})
        )

    environment = ActivityEnvironment()
    retries = RetryPolicy(maximum_interval=timedelta(hours=1))
    environment.info = replace(environment.info, attempt=attempt, retry_policy=retries)
    with pytest.raises(ApplicationError) as raised:
        await environment.run(run)
    return raised.value


@pytest.mark.parametrize(
    ("error", "non_retryable"),
    [
        (StoreUnavailableError("put: ENOSPC"), False),
        (NotFoundError("neither here nor there"), True),
    ],
)
async def test_our_errors_say_whether_a_retry_helps(
    error: LetterboxError, *, non_retryable: bool
) -> None:
    """Type, our own text, and the decision travel; nothing else."""
    translated = await _translated(error)

    assert translated.type == type(error).__name__
    assert translated.message == str(error)
    assert translated.non_retryable is non_retryable


async def test_the_text_of_an_unexpected_error_does_not_travel() -> None:
    """It may quote a candidate; the place it came from cannot."""
    translated = await _translated(KeyError("Ada Example"))

    assert translated.type == "KeyError"
    assert "Ada" not in str(translated)
    assert "execute_activity" in translated.message
    assert translated.__cause__ is None
    assert not translated.non_retryable


async def test_an_outage_is_logged_with_its_reason_and_what_is_done() -> None:
    """In one line, in the place of the SDK's with its stack."""
    with capture_logs() as logs:
        await _translated(StoreUnavailableError("put: ENOSPC"))

    [line] = logs
    assert (line["event"], line["reason"]) == ("unavailable", "put: ENOSPC")
    assert line["store"] == "s3://b"
    assert "letterbox doctor" in line["do"]
    assert line["log_level"] == "warning"


async def test_what_a_rule_refuses_is_no_failure() -> None:
    """Neither our log nor the SDK's has a warning of it, and no metric counts it."""
    with capture_logs() as logs:
        translated = await _translated(HeldError("held: release it first"))

    assert translated.category is ApplicationErrorCategory.BENIGN
    assert logs == []


@pytest.mark.parametrize(
    ("attempt", "asked", "expected"),
    [
        (1, 1, 1),
        (10, 1, 1),
        (12, 1, 4),
        (1000, 1, 3600),
        (1000, 86400, 86400),
        (1000, 0, 0),
    ],
)
async def test_a_short_wait_that_is_asked_for_again_and_again_grows(
    attempt: int, asked: int, expected: int
) -> None:
    """A board that says one second for a month is not asked two million times."""
    error = BoardUnavailableError("429", retry_after=timedelta(seconds=asked))

    translated = await _translated(error, attempt)

    assert translated.next_retry_delay == timedelta(seconds=expected)

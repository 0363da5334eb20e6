"""Our errors in Temporal's terms."""

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.failures import Failures
from letterbox.domain.errors import LetterboxError, NotFoundError, StoreUnavailableError


class _Failing(ActivityInboundInterceptor):
    """Stands where the activity is called, and fails as told."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> None:  # noqa: A002, ARG002 the base's signature
        raise self._error


async def _translated(error: Exception) -> ApplicationError:
    failing = Failures().intercept_activity(_Failing(error))

    @activity.defn
    async def run() -> None:
        await failing.execute_activity(
            ExecuteActivityInput(fn=run, args=[], executor=None, headers={})
        )

    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(run)
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

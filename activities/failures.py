"""The translation of our errors into Temporal's: one of the two translators."""

from traceback import walk_tb
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from letterbox.domain.errors import LetterboxError


class Failures(Interceptor):
    """Gives Temporal an error's type, its own text, and whether a retry helps."""

    def intercept_activity(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002 the base's signature
    ) -> ActivityInboundInterceptor:
        """Wrap every activity."""
        return _Translate(next)


class _Translate(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except FailureError:
            raise
        except LetterboxError as error:
            raise ApplicationError(
                str(error),
                type=type(error).__name__,
                non_retryable=not error.retryable,
                next_retry_delay=error.retry_after,
            ) from None
        except Exception as error:  # noqa: BLE001 its text may quote a candidate
            *_, (frame, number) = walk_tb(error.__traceback__)
            line = f"{frame.f_code.co_qualname}:{number}"
            activity.logger.error("activity failed", extra={"at": line})
            raise ApplicationError(
                f"unexpected error in {line}", type=type(error).__name__
            ) from None
